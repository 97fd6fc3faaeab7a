use oneclaw_crypto::{DataKey, RootKey, SealKey, SecretBytes};

fn cannot<T: std::fmt::Display>() {}

fn main() {
    cannot::<SecretBytes>();
    cannot::<DataKey>();
    cannot::<RootKey>();
    cannot::<SealKey>();
}
