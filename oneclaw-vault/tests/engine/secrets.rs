use jiff::SignedDuration;
use oneclaw_api::{Clock, MAX_VALUE_BYTES, NewSecret, Origin, ProblemKind, Rotation, SecretValue, VaultApi};

use crate::support::{Bench, path, put, read, read_version};

#[tokio::test]
async fn a_value_comes_back_as_it_was_put() {
    let bench = Bench::new().await;
    for (at, value) in [("a", "x"), ("a/b", "line\nbreak \"quoted\" \u{1f4a1}"), ("A", "case")] {
        let meta = bench.put(at, value).await;
        assert_eq!((meta.version, meta.kind.as_str(), meta.path.as_str()), (1, "generic", at));
        assert_eq!(read(&bench.owner, bench.default, at).await.unwrap(), value);
    }
}

/// INV-37
#[tokio::test]
async fn versions_are_dense_and_immutable() {
    let bench = Bench::new().await;
    for number in 1..=3 {
        assert_eq!(bench.put("a", &format!("value {number}")).await.version, number);
    }
    for number in 1..=3 {
        let value = read_version(&bench.owner, bench.default, "a", Some(number)).await.unwrap();
        assert_eq!(value, format!("value {number}"));
    }
    let versions = bench.owner.list_versions(bench.default, &path("a")).await.unwrap();
    assert_eq!(versions.iter().map(|meta| meta.version).collect::<Vec<_>>(), [3, 2, 1]);
    assert!(versions.windows(2).all(|pair| pair[0].id == pair[1].id));
    let missing = read_version(&bench.owner, bench.default, "a", Some(4)).await.unwrap_err();
    assert_eq!(missing.kind(), ProblemKind::NotFound);
}

#[tokio::test]
async fn a_new_version_keeps_type_and_metadata_unless_told() {
    let bench = Bench::new().await;
    let metadata = serde_json::json!({"team": "x"}).as_object().unwrap().clone();
    let new = NewSecret {
        kind: Some("api_key".to_owned()),
        metadata: Some(metadata.clone()),
        ..NewSecret::new(SecretValue::from_bytes(b"one"))
    };
    bench.owner.put_secret(bench.default, &path("a"), new).await.unwrap();
    let meta = bench.put("a", "two").await;
    assert_eq!((meta.kind.as_str(), &meta.metadata), ("api_key", &metadata));
    let listed = bench.owner.list_secrets(bench.default, None).await.unwrap();
    assert_eq!(listed, [meta]);
}

#[tokio::test]
async fn a_list_has_the_prefix_and_no_deleted_secret() {
    let bench = Bench::new().await;
    for at in ["a", "a/b", "a/c", "ab", "b"] {
        bench.put(at, "x").await;
    }
    bench.owner.delete_secret(bench.default, &path("a/c"), None).await.unwrap();
    for (prefix, wanted) in [
        (None, vec!["a", "a/b", "ab", "b"]),
        (Some("a"), vec!["a", "a/b", "ab"]),
        (Some("a/"), vec!["a/b"]),
        (Some("z"), vec![]),
    ] {
        let listed = bench.owner.list_secrets(bench.default, prefix).await.unwrap();
        assert_eq!(listed.iter().map(|meta| meta.path.as_str()).collect::<Vec<_>>(), wanted, "{prefix:?}");
    }
    for prefix in ["a b", "%2e", "*", "é"] {
        let problem = bench.owner.list_secrets(bench.default, Some(prefix)).await.unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::BadRequest, "{prefix}");
    }
}

#[tokio::test]
async fn rotation_generates_and_needs_the_secret() {
    let bench = Bench::new().await;
    let missing =
        bench.owner.rotate_secret(bench.default, &path("a"), Rotation::default()).await.unwrap_err();
    assert_eq!(missing.kind(), ProblemKind::NotFound);
    bench.put("a", "before").await;
    let rotation = Rotation { length: Some(48), ..Rotation::default() };
    let meta = bench.owner.rotate_secret(bench.default, &path("a"), rotation).await.unwrap();
    let value = read(&bench.owner, bench.default, "a").await.unwrap();
    assert_eq!((meta.version, value.len()), (2, 48));
    let versions = bench.owner.list_versions(bench.default, &path("a")).await.unwrap();
    assert_eq!(versions[0].origin, Some(Origin::Generated));
}

#[tokio::test]
async fn a_rollback_appends_the_former_value() {
    let bench = Bench::new().await;
    bench.put("a", "one").await;
    bench.put("a", "two").await;
    let meta = bench.owner.rollback_secret(bench.default, &path("a"), 1, None).await.unwrap();
    assert_eq!(meta.version, 3);
    assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap(), "one");
    assert_eq!(read_version(&bench.owner, bench.default, "a", Some(2)).await.unwrap(), "two");
    let missing = bench.owner.rollback_secret(bench.default, &path("a"), 9, None).await.unwrap_err();
    assert_eq!(missing.kind(), ProblemKind::NotFound);
}

#[tokio::test]
async fn a_deleted_secret_is_gone_and_its_versions_stay_gone() {
    let bench = Bench::new().await;
    bench.put("a", "one").await;
    bench.put("a", "two").await;
    bench.owner.delete_secret(bench.default, &path("a"), None).await.unwrap();
    for version in [None, Some(1), Some(2)] {
        let problem = read_version(&bench.owner, bench.default, "a", version).await.unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::Gone);
    }
    let again = bench.owner.delete_secret(bench.default, &path("a"), None).await.unwrap_err();
    assert_eq!(again.kind(), ProblemKind::Gone);
    assert_eq!(bench.put("a", "three").await.version, 3);
    assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap(), "three");
    let old = read_version(&bench.owner, bench.default, "a", Some(1)).await.unwrap_err();
    assert_eq!(old.kind(), ProblemKind::Gone);
    let rollback = bench.owner.rollback_secret(bench.default, &path("a"), 1, None).await.unwrap_err();
    assert_eq!(rollback.kind(), ProblemKind::Gone);
    assert_eq!(bench.owner.list_versions(bench.default, &path("a")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_disabled_version_is_passed_over() {
    let bench = Bench::new().await;
    bench.put("a", "one").await;
    bench.put("a", "two").await;
    bench.owner.disable_version(bench.default, &path("a"), 2).await.unwrap();
    assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap(), "one");
    let disabled = read_version(&bench.owner, bench.default, "a", Some(2)).await.unwrap_err();
    assert_eq!(disabled.kind(), ProblemKind::Gone);
    bench.owner.disable_version(bench.default, &path("a"), 1).await.unwrap();
    assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap_err().kind(), ProblemKind::Gone);
}

#[tokio::test]
async fn a_version_expires_with_the_clock() {
    let bench = Bench::new().await;
    let expires_at = Some(bench.clock.now() + SignedDuration::from_secs(10));
    let new = NewSecret { expires_at, ..NewSecret::new(SecretValue::from_bytes(b"x")) };
    bench.owner.put_secret(bench.default, &path("a"), new).await.unwrap();
    bench.clock.advance(9);
    assert!(read(&bench.owner, bench.default, "a").await.is_ok());
    bench.clock.advance(1);
    assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap_err().kind(), ProblemKind::Gone);
}

/// INV-20
#[tokio::test]
async fn a_limited_version_answers_exactly_as_often_as_it_may() {
    let bench = Bench::new().await;
    let new = NewSecret { max_access_count: Some(3), ..NewSecret::new(SecretValue::from_bytes(b"x")) };
    bench.owner.put_secret(bench.default, &path("a"), new).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let (session, vault) = (bench.vault.owner(), bench.default);
        tasks.spawn(async move { read(&session, vault, "a").await.map_err(|problem| problem.kind()) });
    }
    let outcomes = tasks.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 3);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(ProblemKind::Gone))), "{outcomes:?}");
    let described = bench.owner.describe_secret(bench.default, &path("a")).await.unwrap();
    assert_eq!((described.access_count, described.max_access_count), (3, Some(3)));
}

/// INV-37
#[tokio::test]
async fn concurrent_writers_make_dense_versions() {
    let bench = Bench::new().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let (session, vault) = (bench.vault.owner(), bench.default);
        tasks.spawn(async move { put(&session, vault, "a", &number.to_string()).await.unwrap().version });
    }
    let mut versions = tasks.join_all().await;
    versions.sort_unstable();
    assert_eq!(versions, (1..=12).collect::<Vec<_>>());
}

/// INV-37
#[tokio::test]
async fn compare_and_set_has_one_winner() {
    let bench = Bench::new().await;
    let attempt = |value: &'static str, if_match| {
        let (session, vault) = (bench.vault.owner(), bench.default);
        async move {
            let new = NewSecret {
                if_match: Some(if_match),
                ..NewSecret::new(SecretValue::from_bytes(value.as_bytes()))
            };
            session.put_secret(vault, &path("a"), new).await
        }
    };
    let (one, two) = tokio::join!(attempt("one", 0), attempt("two", 0));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    let conflict = one.err().or(two.err()).unwrap();
    assert_eq!(conflict.kind(), ProblemKind::Conflict);
    assert_eq!(attempt("three", 1).await.unwrap().version, 2);
    assert!(attempt("four", 1).await.is_err());
}

#[tokio::test]
async fn a_value_from_a_model_is_marked() {
    let bench = Bench::new().await;
    let new = NewSecret { origin: Origin::Agent, ..NewSecret::new(SecretValue::from_bytes(b"x")) };
    bench.owner.put_secret(bench.default, &path("a"), new).await.unwrap();
    let described = bench.owner.describe_secret(bench.default, &path("a")).await.unwrap();
    assert_eq!(described.meta.origin, Some(Origin::Agent));
    assert_eq!(described.meta.exposed_at, Some(bench.clock.now()));
    bench.put("a", "typed").await;
    let described = bench.owner.describe_secret(bench.default, &path("a")).await.unwrap();
    assert_eq!((described.meta.origin, described.meta.exposed_at), (Some(Origin::Human), None));
}

#[tokio::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let bench = Bench::new().await;
    let value = || SecretValue::from_bytes(b"x");
    let past = Some(bench.clock.now());
    let metadata = serde_json::json!({"x": "y".repeat(20_000)}).as_object().unwrap().clone();
    for (new, kind) in [
        (NewSecret::new(SecretValue::from_bytes(b"")), ProblemKind::BadRequest),
        (NewSecret::new(SecretValue::from_bytes(&vec![b'x'; MAX_VALUE_BYTES + 1])), ProblemKind::TooLarge),
        (
            NewSecret { kind: Some("Not A Type".to_owned()), ..NewSecret::new(value()) },
            ProblemKind::BadRequest,
        ),
        (NewSecret { expires_at: past, ..NewSecret::new(value()) }, ProblemKind::BadRequest),
        (NewSecret { max_access_count: Some(0), ..NewSecret::new(value()) }, ProblemKind::BadRequest),
        (NewSecret { metadata: Some(metadata), ..NewSecret::new(value()) }, ProblemKind::BadRequest),
    ] {
        let problem = bench.owner.put_secret(bench.default, &path("a"), new).await.unwrap_err();
        assert_eq!(problem.kind(), kind, "{problem}");
    }
    assert!(bench.owner.list_secrets(bench.default, None).await.unwrap().is_empty());
    let largest = "x".repeat(MAX_VALUE_BYTES);
    bench.put("a", &largest).await;
    assert_eq!(read(&bench.owner, bench.default, "a").await.unwrap(), largest);
}

#[tokio::test]
async fn the_names_of_a_bundle_come_without_values() {
    let bench = Bench::new().await;
    bench.put("env/app", "DB_URL=postgres://x\nTOKEN='abc'\n").await;
    let names = bench.owner.env_bundle_names(bench.default, &path("env/app")).await.unwrap();
    assert_eq!(names, ["DB_URL", "TOKEN"]);
    bench.put("not-a-bundle", "sk-1234567890").await;
    let problem = bench.owner.env_bundle_names(bench.default, &path("not-a-bundle")).await.unwrap_err();
    assert_eq!(problem.kind(), ProblemKind::BadRequest);
    assert!(!problem.detail().contains("1234567890"));
}
