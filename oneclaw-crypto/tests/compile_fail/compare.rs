use oneclaw_crypto::{DataKey, RootKey, SecretBytes};

fn cannot<T: PartialEq>() {}

fn main() {
    cannot::<SecretBytes>();
    cannot::<DataKey>();
    cannot::<RootKey>();
}
