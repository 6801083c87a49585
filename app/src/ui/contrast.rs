//! Contrast of the tokens, in both themes: text at least 4.5 to 1, icons and borders of controls
//! at least 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).

use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");

/// Text on its backgrounds.
const TEXT: &[(&str, &[&str])] = &[
    ("--text", &["--page", "--panel", "--raised", "--overlay", "--hover", "--selected", "--tint"]),
    ("--text-muted", &["--page", "--panel", "--raised", "--overlay", "--hover", "--selected", "--tint"]),
    ("--link", &["--page", "--panel", "--raised", "--overlay", "--hover", "--selected"]),
    ("--accent-ink", &["--accent", "--accent-hover"]),
    ("--danger-ink", &["--danger", "--danger-hover"]),
    ("--selected-ink", &["--selected"]),
    ("--running-text", &["--running-soft", "--panel", "--page", "--hover", "--overlay"]),
    ("--progressing-text", &["--progressing-soft", "--panel", "--page", "--hover", "--overlay"]),
    ("--waiting-text", &["--waiting-soft", "--panel", "--page", "--hover", "--overlay"]),
    ("--failing-text", &["--failing-soft", "--panel", "--page", "--hover", "--overlay"]),
    ("--neutral-text", &["--neutral-soft", "--panel", "--page", "--hover", "--overlay"]),
    ("--tooltip-ink", &["--tooltip"]),
    ("--code-key", &["--panel", "--code-active"]),
    ("--code-string", &["--panel", "--code-active"]),
    ("--code-number", &["--panel", "--code-active"]),
    ("--code-comment", &["--panel", "--code-active"]),
];

/// Icons, borders of controls and the focus ring on their backgrounds.
const GRAPHIC: &[(&str, &[&str])] = &[
    ("--control-border", &["--page", "--panel", "--overlay"]),
    ("--focus", &["--page", "--panel", "--raised", "--overlay"]),
    ("--accent", &["--page", "--panel", "--overlay"]),
    ("--running-icon", &["--running-soft", "--panel", "--page"]),
    ("--progressing-icon", &["--progressing-soft", "--panel", "--page"]),
    ("--waiting-icon", &["--waiting-soft", "--panel", "--page"]),
    ("--failing-icon", &["--failing-soft", "--panel", "--page"]),
    ("--neutral-icon", &["--neutral-soft", "--panel", "--page"]),
    ("--meter", &["--meter-track"]),
];

type Tokens = BTreeMap<String, String>;

/// The declarations of the first rule whose selector line contains `selector`.
fn block(selector: &str) -> Tokens {
    let start = TOKENS.find(selector).unwrap_or_else(|| panic!("no rule {selector}"));
    let body = &TOKENS[start..];
    let open = body.find('{').unwrap();
    let close = body.find('}').unwrap();
    body[open + 1..close]
        .lines()
        .filter_map(|line| line.trim().trim_end_matches(';').split_once(':'))
        .filter(|(name, _)| name.starts_with("--"))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

fn theme(selector: &str) -> Tokens {
    let mut tokens = block("/* light */");
    tokens.extend(block(selector));
    tokens
}

/// The linear sRGB of an `oklch(L C H)` colour, references followed.
fn linear_rgb(tokens: &Tokens, name: &str) -> [f64; 3] {
    let value = tokens.get(name).unwrap_or_else(|| panic!("no token {name}"));
    if let Some(other) = value.strip_prefix("var(").and_then(|rest| rest.strip_suffix(')')) {
        return linear_rgb(tokens, other);
    }
    let inner = value
        .strip_prefix("oklch(")
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or_else(|| panic!("{name} is {value}, not oklch(L C H)"));
    let parts: Vec<f64> = inner.split_whitespace().map(|part| part.parse().unwrap()).collect();
    let [lightness, chroma, hue] = parts[..] else { panic!("{name} is {value}, not oklch(L C H)") };
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    // Björn Ottosson, "A perceptual color space for image processing": OKLab to linear sRGB.
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
    .map(|channel| channel.clamp(0.0, 1.0))
}

fn luminance(rgb: [f64; 3]) -> f64 {
    0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
}

fn contrast(tokens: &Tokens, a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(linear_rgb(tokens, a)), luminance(linear_rgb(tokens, b)));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_pair_can_be_read() {
    let mut poor = Vec::new();
    for (theme_name, tokens) in [("light", block("/* light */")), ("dark", theme("[data-theme=\"dark\"]"))] {
        for (least, pairs) in [(4.5, TEXT), (3.0, GRAPHIC)] {
            for (ink, grounds) in pairs {
                for ground in *grounds {
                    let ratio = contrast(&tokens, ink, ground);
                    if ratio < least {
                        poor.push(format!("{theme_name}: {ink} on {ground} is {ratio:.2}, least {least}"));
                    }
                }
            }
        }
    }
    assert!(poor.is_empty(), "\n{}", poor.join("\n"));
}

#[test]
fn the_measure_is_right() {
    let tokens = Tokens::from([
        ("--black".to_owned(), "oklch(0 0 0)".to_owned()),
        ("--white".to_owned(), "oklch(1 0 0)".to_owned()),
        ("--grey".to_owned(), "oklch(0.5999 0 0)".to_owned()),
    ]);
    assert!((contrast(&tokens, "--black", "--white") - 21.0).abs() < 0.01);
    // #808080 is oklch(0.5999 0 0); on white it is known to be 3.95.
    assert!((contrast(&tokens, "--grey", "--white") - 3.95).abs() < 0.01);
}

#[test]
fn the_chosen_dark_is_the_dark_of_the_system() {
    assert_eq!(block("[data-theme=\"dark\"]"), block(":root:not([data-theme])"));
}
