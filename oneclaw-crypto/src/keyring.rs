//! Seals and opens values under data keys that key providers wrap.

use std::fmt;
use std::sync::Arc;

use crate::{
    Context, CryptoError, DataKey, KeyDescription, KeyProvider, KeyProviderError, Padding, SecretBytes,
    WrapContext, WrappedKey, value,
};

/// A sealed value and its wrapped key, to be stored apart so that rewrapping never touches the value. Not
/// secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The value blob.
    pub value: Vec<u8>,
    /// The wrap blob.
    pub wrap: Vec<u8>,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, wrap } = self;
        f.debug_struct("Envelope").field("value_len", &value.len()).field("wrap_len", &wrap.len()).finish()
    }
}

/// The key-encryption keys that a program was configured with: one that wraps, and any number that may still
/// unwrap.
///
/// A stored record never chooses a key: what it names is compared with this list, and an unlisted name is
/// refused.
#[derive(Clone, Debug)]
pub struct Keyring {
    active: Arc<dyn KeyProvider>,
    retired: Vec<Arc<dyn KeyProvider>>,
    padding: Padding,
}

impl Keyring {
    /// Makes a keyring that wraps and unwraps with one provider.
    #[must_use]
    pub fn new(active: Arc<dyn KeyProvider>) -> Self {
        Self { active, retired: Vec::new(), padding: Padding::default() }
    }

    /// Adds a provider that unwraps what was wrapped before a rotation or a migration.
    #[must_use]
    pub fn with_retired(mut self, retired: Arc<dyn KeyProvider>) -> Self {
        self.retired.push(retired);
        self
    }

    /// Sets whether lengths of new values are hidden; they are unless this says otherwise. Opening reads
    /// either.
    #[must_use]
    pub fn with_padding(mut self, padding: Padding) -> Self {
        self.padding = padding;
        self
    }

    /// Says which key-encryption key new records are wrapped under.
    #[must_use]
    pub fn describe(&self) -> &KeyDescription {
        self.active.describe()
    }

    /// Asks whether the active key-encryption key could be used now.
    ///
    /// # Errors
    ///
    /// [`CryptoError::ProviderUnavailable`].
    pub async fn health(&self) -> Result<(), CryptoError> {
        self.active.health().await.map_err(CryptoError::ProviderUnavailable)
    }

    /// Seals a value under a fresh data key.
    ///
    /// `value` is what the ciphertext is bound to, `wrap` what the wrapped key is bound to. A write that is
    /// retried stores the same envelope again; it doesn't seal again.
    ///
    /// # Errors
    ///
    /// [`CryptoError::ProviderUnavailable`], [`CryptoError::Random`], [`CryptoError::PlaintextTooLong`],
    /// [`CryptoError::ContextTooLong`].
    pub async fn seal(
        &self,
        value: &Context,
        wrap: &Context,
        plaintext: &[u8],
    ) -> Result<Envelope, CryptoError> {
        value::check_len(plaintext)?;
        value.encoded()?;
        let key = DataKey::generate()?;
        let wrap = self.wrap_key(&key, &wrap.for_wrap()?).await?;
        let value = value::seal(value, key, self.padding, plaintext)?;
        Ok(Envelope { value, wrap })
    }

    /// Opens an envelope that was sealed under the same two contexts.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Open`] for whatever is wrong with the record, [`CryptoError::UnknownKek`],
    /// [`CryptoError::ProviderUnavailable`], [`CryptoError::ContextTooLong`].
    pub async fn open(
        &self,
        value: &Context,
        wrap: &Context,
        envelope: &Envelope,
    ) -> Result<SecretBytes, CryptoError> {
        let Envelope { value: value_blob, wrap: wrap_blob } = envelope;
        // What can't be a value blob costs no call to a provider.
        value::ValueBlob::parse(value_blob).ok_or(CryptoError::Open)?;
        let key = self.unwrap_key(wrap_blob, &wrap.for_wrap()?).await?;
        value::open(value, &key, value_blob)
    }

    /// Unwraps a key under its old context and wraps it under the active key-encryption key and a new
    /// context.
    ///
    /// The value is not touched. With equal contexts this moves a record to another key-encryption key; with
    /// different ones it renames the record.
    ///
    /// # Errors
    ///
    /// [`CryptoError::Open`], [`CryptoError::UnknownKek`], [`CryptoError::ProviderUnavailable`],
    /// [`CryptoError::ContextTooLong`].
    pub async fn rewrap(
        &self,
        old_wrap: &Context,
        new_wrap: &Context,
        wrap_blob: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let new_wrap = new_wrap.for_wrap()?;
        let key = self.unwrap_key(wrap_blob, &old_wrap.for_wrap()?).await?;
        self.wrap_key(&key, &new_wrap).await
    }

    /// Wraps a key under the active provider and checks what the provider says about it.
    pub(crate) async fn wrap_key(
        &self,
        key: &DataKey,
        context: &WrapContext,
    ) -> Result<Vec<u8>, CryptoError> {
        let wrapped = self.active.wrap(key, context).await.map_err(CryptoError::ProviderUnavailable)?;
        if !holds(&*self.active, &wrapped) {
            let check = "the key it names is not the one configured";
            return Err(CryptoError::ProviderUnavailable(KeyProviderError::BadReply { check }));
        }
        Ok(wrapped.encode())
    }

    /// Unwraps a key with whichever configured provider holds the key-encryption key that the blob names.
    pub(crate) async fn unwrap_key(
        &self,
        wrap_blob: &[u8],
        context: &WrapContext,
    ) -> Result<DataKey, CryptoError> {
        let wrapped = WrappedKey::decode(wrap_blob)?;
        let provider = std::iter::once(&self.active)
            .chain(&self.retired)
            .find(|provider| holds(&***provider, &wrapped))
            .ok_or(CryptoError::UnknownKek)?;
        provider.unwrap(&wrapped, context).await.map_err(|error| match error {
            KeyProviderError::Refused => CryptoError::Open,
            unavailable @ (KeyProviderError::Unavailable(_) | KeyProviderError::BadReply { .. }) => {
                CryptoError::ProviderUnavailable(unavailable)
            }
        })
    }
}

/// Tells whether a provider, as configured, is the one that a wrap names.
fn holds(provider: &dyn KeyProvider, wrapped: &WrappedKey) -> bool {
    provider.describe().kind == wrapped.kind() && provider.may_unwrap(wrapped.kek_id())
}
