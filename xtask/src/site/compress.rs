//! Brotli and gzip siblings, made once at build time with the strongest settings.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whether a file's kind shrinks.
pub(super) fn worthwhile(name: &str) -> bool {
    matches!(name.rsplit('.').next(), Some("js" | "css" | "wasm" | "svg" | "json" | "txt" | "html"))
}

/// Compresses all files, as many at once as there are processors. Siblings in `dir` are taken as they are.
/// One that would not be smaller is left out.
pub(super) fn all(files: &[(&String, &Vec<u8>)], dir: &Path) -> Vec<(String, Vec<u8>)> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut made = Vec::new();
        while let Some((name, bytes)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            for (extension, compress) in [("br", brotli as fn(&[u8]) -> Vec<u8>), ("gz", gzip)] {
                let sibling = format!("{name}.{extension}");
                let compressed = match fs::read(dir.join(&sibling)) {
                    Ok(there) if !there.is_empty() => there,
                    _ => compress(bytes),
                };
                if !compressed.is_empty() && compressed.len() < bytes.len() {
                    made.push((sibling, compressed));
                }
            }
        }
        made
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|w| w.join().unwrap_or_default()).collect()
    })
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    // Quality 11 and a window of 16 MiB: the most that every browser takes.
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 24,
        size_hint: bytes.len(),
        ..brotli::enc::BrotliEncoderParams::default()
    };
    let mut out = Vec::new();
    let mut input = bytes;
    match brotli::BrotliCompress(&mut input, &mut out, &params) {
        Ok(_) => out,
        Err(_) => Vec::new(),
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn both_come_back_whole() {
        let text = b"the same words, again and again. ".repeat(300);
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(gzip(&text).as_slice()).read_to_end(&mut back).unwrap();
        assert_eq!(back, text);
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut brotli(&text).as_slice(), &mut back).unwrap();
        assert_eq!(back, text);
    }

    #[test]
    fn pictures_and_fonts_are_left_alone() {
        for (name, yes) in
            [("a.js", true), ("a.wasm", true), ("a.woff2", false), ("a.png", false), ("a", false)]
        {
            assert_eq!(worthwhile(name), yes, "{name}");
        }
    }
}
