//! Replays the corpus: seeds, and every input that once broke something.

use std::path::PathBuf;

use binnacle_fuzz::TARGETS;

#[test]
fn every_input_of_the_corpus_is_borne() {
    let corpus = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut known: Vec<String> = Vec::new();
    for target in TARGETS {
        let files = std::fs::read_dir(corpus.join(target.name)).unwrap();
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty(), "{} has seeds", target.name);
        println!("rows: {} (fuzz corpus, {})", files.len(), target.name);
        for file in files {
            // A panic below follows the name of what brought it about.
            println!("  {}", file.display());
            (target.run)(&std::fs::read(&file).unwrap());
        }
        known.push(target.name.to_owned());
    }
    for dir in std::fs::read_dir(&corpus).unwrap() {
        let name = dir.unwrap().file_name().into_string().unwrap();
        // Calls need the whole router: the server's own tests replay them.
        assert!(name == "calls" || known.contains(&name), "corpus/{name} belongs to no target");
    }
}
