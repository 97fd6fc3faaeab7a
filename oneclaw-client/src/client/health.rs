use oneclaw_api::{Health, Problem};

use super::Client;
use crate::request::Request;

pub(crate) async fn health(client: &Client) -> Result<Health, Problem> {
    client.send_bare(Request::get("/v1/health")).await?.decode()
}
