use super::{Reader, Row, Values};
use crate::store::Table;

/// One fact about the whole home, such as its organisation.
#[derive(Debug, Clone)]
pub(crate) struct SettingRow {
    pub(crate) name: String,
    pub(crate) value: Vec<u8>,
}

impl Row for SettingRow {
    const TABLE: &'static Table = &Table { name: "settings", columns: &["name", "value"], key: 1 };

    fn encode(&self, values: &mut Values) {
        let Self { name, value } = self;
        values.text(name);
        values.blob(value);
    }

    fn decode(values: &mut Reader) -> Option<Self> {
        Some(Self { name: values.text()?, value: values.blob()? })
    }
}
