use oneclaw_crypto::{DataKey, SecretBytes};

fn cannot<T: std::ops::Deref + AsRef<[u8]>>() {}

fn main() {
    cannot::<SecretBytes>();
    cannot::<DataKey>();
}
