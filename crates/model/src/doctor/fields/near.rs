//! Names that were likely meant.

/// Longest name that is compared, in characters.
const MAX_LENGTH: usize = 64;

/// The one name that was likely meant; `None` when none is near, or two are as near.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let given: Vec<char> = simple(name).take(MAX_LENGTH + 1).collect();
    if given.len() > MAX_LENGTH || given.is_empty() {
        return None;
    }
    let most = match given.len() {
        0..=3 => 1,
        4..=8 => 2,
        _ => 3,
    };
    let mut best: Option<(usize, &str)> = None;
    let mut tied = false;
    for other in names.filter(|other| *other != name) {
        let wanted: Vec<char> = simple(other).take(MAX_LENGTH + 4).collect();
        if wanted.len().abs_diff(given.len()) > most {
            continue;
        }
        let distance = distance(&given, &wanted);
        match best {
            _ if distance > most => {}
            // A short name whose every letter differs is another name.
            _ if 2 * distance >= given.len().max(wanted.len()) => {}
            Some((least, _)) if distance > least => {}
            Some((least, _)) if distance == least => tied = true,
            _ => (best, tied) = (Some((distance, other)), false),
        }
    }
    best.filter(|_| !tied).map(|(_, name)| name)
}

/// A name without case and the marks that other languages put between words.
fn simple(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase())
}

/// Letters to add, take away, change or swap (optimal string alignment).
fn distance(one: &[char], other: &[char]) -> usize {
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1; other.len() + 1];
        for (j, b) in other.iter().enumerate() {
            let mut least = (rows[i][j + 1] + 1).min(row[j] + 1).min(rows[i][j] + usize::from(a != b));
            if i > 0 && j > 0 && *a == other[j - 1] && one[i - 1] == *b {
                least = least.min(rows[i - 1][j - 1] + 1);
            }
            row[j + 1] = least;
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_name_that_is_near_is_meant() {
        let names =
            ["image", "imagePullPolicy", "name", "ports", "env", "envFrom", "command", "livenessProbe"];
        for (given, expected) in [
            ("imag", Some("image")),
            ("Image", Some("image")),
            ("image_pull_policy", Some("imagePullPolicy")),
            ("imagePullPolcy", Some("imagePullPolicy")),
            ("livenesProbe", Some("livenessProbe")),
            ("port", Some("ports")),
            ("evn", Some("env")),
            ("nmae", Some("name")),
            ("x", None),
            ("abc", None),
            ("volumes", None),
            ("", None),
        ] {
            assert_eq!(nearest(given, names.into_iter()), expected, "{given}");
        }
        assert_eq!(nearest("ab12", ["ab13", "ab14"].into_iter()), None);
        assert_eq!(nearest(&"x".repeat(10_000), ["x"].into_iter()), None);
    }
}
