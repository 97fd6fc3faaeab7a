use oneclaw_crypto::{DataKey, RootKey, SecretBytes, local::LocalProvider};

fn cannot<T: Clone>() {}

fn main() {
    cannot::<SecretBytes>();
    cannot::<DataKey>();
    cannot::<RootKey>();
    cannot::<LocalProvider>();
}
