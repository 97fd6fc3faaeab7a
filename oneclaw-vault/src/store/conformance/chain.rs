//! Audit events.

use super::*;

pub(crate) async fn events_are_chained(fixture: &Fixture) {
    let events =
        |numbers: &[u64]| Batch { writes: vec![], events: numbers.iter().copied().map(event).collect() };
    for numbers in [&[1][..], &[2, 3, 4], &[5]] {
        fixture.store.commit(events(numbers)).await.unwrap();
    }
    let chain = verify_chain(&*fixture.store, &fixture.chain).await;
    let bytes: Vec<Vec<u8>> = (1..=5).map(|number| event(number).bytes).collect();
    assert_eq!(chain.iter().map(|event| event.bytes.clone()).collect::<Vec<_>>(), bytes);
    assert_eq!(fixture.store.chain(2, 2).await.unwrap(), chain[2..4]);
    assert_eq!(fixture.store.chain(5, 2).await.unwrap(), []);
    assert_eq!(fixture.store.chain(u64::MAX, 2).await.unwrap(), []);
}

pub(crate) async fn events_are_filtered(fixture: &Fixture) {
    let mut events: Vec<NewEvent> = (0..60).map(event).collect();
    for (event, number) in events.iter_mut().zip(0..) {
        event.actor_id = format!("agent {}", number % 2);
        event.action = format!("action {}", number % 3);
        event.resource_id = format!("resource {}", number % 4);
        event.vault_id = (number % 5 == 0).then(|| "vault".into());
        event.path = (number % 6 == 0).then(|| "path".into());
    }
    fixture.store.commit(Batch { writes: vec![], events }).await.unwrap();

    let any = EventQuery { limit: 100, ..EventQuery::default() };
    type Fits = fn(i64) -> bool;
    let cases: [(EventQuery, Fits); 11] = [
        (any.clone(), |_| true),
        (EventQuery { actor: Some("agent 1".into()), ..any.clone() }, |number| number % 2 == 1),
        (EventQuery { action: Some("action 2".into()), ..any.clone() }, |number| number % 3 == 2),
        (EventQuery { resource: Some("resource 3".into()), ..any.clone() }, |number| number % 4 == 3),
        (EventQuery { resource: Some("vault".into()), ..any.clone() }, |number| number % 5 == 0),
        (EventQuery { resource: Some("path".into()), ..any.clone() }, |number| number % 6 == 0),
        (EventQuery { resource: Some("nothing".into()), ..any.clone() }, |_| false),
        (EventQuery { from: Some(10), to: Some(20), ..any.clone() }, |number| (10..20).contains(&number)),
        (EventQuery { from: Some(59), ..any.clone() }, |number| number == 59),
        (EventQuery { to: Some(0), ..any.clone() }, |_| false),
        (
            EventQuery {
                resource: Some("vault".into()),
                actor: Some("agent 0".into()),
                action: Some("action 0".into()),
                from: Some(1),
                to: Some(60),
                ..any
            },
            |number| number == 30,
        ),
    ];
    for (query, fits) in cases {
        let numbers: Vec<i64> = (0..60).rev().filter(|number| fits(*number)).collect();
        let found = fixture.store.events(query.clone()).await.unwrap();
        let found: Vec<i64> = found.iter().map(|event| i64::try_from(event.sequence).unwrap() - 1).collect();
        assert_eq!(found, numbers, "{query:?}");
    }
}

pub(crate) async fn events_are_paged(fixture: &Fixture) {
    // An event that one filter meets in two columns is still one.
    let both = |number| NewEvent {
        vault_id: (number % 2 == 0).then(|| "resource".into()),
        path: Some("resource".into()),
        ..event(number)
    };
    let events = (1..=25).map(both).collect();
    fixture.store.commit(Batch { writes: vec![], events }).await.unwrap();
    let all = verify_chain(&*fixture.store, &fixture.chain).await;
    for resource in [None, Some("resource".to_owned())] {
        let mut paged = Vec::new();
        loop {
            let offset = u32::try_from(paged.len()).unwrap();
            let query = EventQuery { resource: resource.clone(), limit: 10, offset, ..EventQuery::default() };
            let page = fixture.store.events(query).await.unwrap();
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        paged.reverse();
        assert_eq!(paged, all);
    }
}

pub(crate) async fn chain_survives_concurrency(fixture: &Fixture) {
    let tasks: Vec<_> = (0..64_u64)
        .map(|task| {
            let store = Arc::clone(&fixture.store);
            tokio::spawn(async move {
                for round in 0..10_u64 {
                    let number = task * 100 + round * 2;
                    let events = (0..=round % 2).map(|more| event(number + more)).collect();
                    store.commit(Batch { writes: vec![], events }).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let events = verify_chain(&*fixture.store, &fixture.chain).await;
    assert_eq!(events.len(), 64 * 15);
    // What one caller was told came first is first.
    for task in 0..64_u64 {
        let own: Vec<u64> = events
            .iter()
            .map(|event| u64::from_be_bytes(event.id[..8].try_into().unwrap()))
            .filter(|number| number / 100 == task)
            .collect();
        assert!(own.is_sorted() && own.len() == 15, "{own:?}");
    }
}
