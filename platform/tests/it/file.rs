//! The file of an embedded database: where it may be, and whose it is.

use platform::{Clock, OpenFault, Platform, StartError, catalogue::Catalogue, config::DatabaseUrl};

use crate::fixture::{TestPlatform, pension};

#[tokio::test]
async fn a_database_in_a_missing_directory_or_of_another_program_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let start = async |path: &str| {
        let path = directory.path().join(path);
        Platform::open(DatabaseUrl::Sqlite(path), Catalogue::embedded().unwrap(), Clock::system()).await.err()
    };
    let missing = directory.path().join("no").display().to_string();
    assert_eq!(start("no/platform.db").await, Some(StartError::Open(OpenFault::NoDirectory(missing))));
    std::fs::write(directory.path().join("text.db"), "示例".repeat(1000)).unwrap();
    assert!(matches!(start("text.db").await, Some(StartError::Open(OpenFault::Sqlite(_)))));
    std::fs::create_dir(directory.path().join("dir.db")).unwrap();
    assert!(matches!(start("dir.db").await, Some(StartError::Open(OpenFault::File(_)))));
    let other = rusqlite::Connection::open(directory.path().join("photos.db")).unwrap();
    other.execute_batch("CREATE TABLE photos (id INTEGER)").unwrap();
    assert_eq!(start("photos.db").await, Some(StartError::Open(OpenFault::NotOurs)));
}

#[tokio::test]
async fn the_database_is_for_its_owners_eyes() {
    use std::os::unix::fs::PermissionsExt;
    let platform = TestPlatform::new().await;
    platform.file(&pension()).await;
    for file in ["platform.db", "platform.db-wal", "platform.db-shm"] {
        let mode = std::fs::metadata(platform.directory.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{file}: {mode:o}");
    }
}
