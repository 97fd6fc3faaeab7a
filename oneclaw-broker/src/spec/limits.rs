use std::time::Duration;

use crate::BrokerError;

const MIB: u64 = 1024 * 1024;

/// The sizes, time and rate of a binding, within the hard caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) request_bytes: u64,
    pub(crate) response_bytes: u64,
    pub(crate) duration: Duration,
    pub(crate) per_minute: u32,
}

impl Limits {
    pub(crate) fn parse(
        request_bytes: Option<u64>,
        response_bytes: Option<u64>,
        duration_ms: Option<u64>,
        per_minute: Option<u32>,
    ) -> Result<Self, BrokerError> {
        let per_minute = per_minute.unwrap_or(60);
        within("max_requests_per_minute", u64::from(per_minute), 6000)?;
        Ok(Self {
            request_bytes: within("max_request_bytes", request_bytes.unwrap_or(MIB), 8 * MIB)?,
            response_bytes: within("max_response_bytes", response_bytes.unwrap_or(MIB), 4 * MIB)?,
            duration: Duration::from_millis(within(
                "max_duration_ms",
                duration_ms.unwrap_or(30_000),
                300_000,
            )?),
            per_minute,
        })
    }
}

fn within(field: &'static str, value: u64, max: u64) -> Result<u64, BrokerError> {
    if (1..=max).contains(&value) { Ok(value) } else { Err(BrokerError::Limit { field, max }) }
}
