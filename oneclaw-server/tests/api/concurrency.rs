use std::sync::Arc;

use oneclaw_api::{NewSecret, Permission, VaultApi};
use secrecy::ExposeSecret;
use tokio::task::JoinSet;

use crate::setting::{Setting, path, value};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn inv_26_each_answer_goes_to_its_asker() {
    let setting = Setting::start().await;
    let vault = setting.default_vault().await;
    let mut tasks = JoinSet::new();
    for number in 0..12 {
        let name = format!("agent-{number}");
        let own = path(&format!("own/{name}"));
        setting.owner.put_secret(vault, &own, NewSecret::new(value(&name))).await.unwrap();
        let agent = setting.agent(&name, Some((own.as_str(), &[Permission::Read]))).await;
        let base_url = if number % 2 == 0 { &setting.base_url } else { &setting.socket_url };
        let client = Arc::new(setting.client(base_url, agent.api_key));
        for _ in 0..8 {
            let (client, own, name) = (Arc::clone(&client), own.clone(), name.clone());
            tasks.spawn(async move {
                let read = client.read_secret(vault, &own, None).await.unwrap();
                assert_eq!(read.value.expose_secret(), name.as_bytes());
                assert_eq!(client.whoami().await.unwrap().name, name);
            });
        }
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_that_come_at_once_wait_for_one_exchange() {
    let setting = Setting::start().await;
    let agent = setting.agent("a", None).await;
    let client = Arc::new(setting.client(&setting.base_url, agent.api_key));
    for round in 1..=3 {
        let mut tasks = JoinSet::new();
        for _ in 0..16 {
            let client = Arc::clone(&client);
            tasks.spawn(async move { client.whoami().await.unwrap() });
        }
        tasks.join_all().await;
        assert_eq!(setting.exchanges().await, round);
        setting.clock.advance(7200);
    }
}
