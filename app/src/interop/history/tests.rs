//! Steps through a history that is no browser's.

use std::collections::VecDeque;

use super::{Home, Step, judge};

#[test]
fn only_a_step_out_of_the_page_is_asked_about() {
    for (to_path, to_entry, awaited, step) in [
        (true, Some(true), false, Step::Within),
        (true, Some(false), false, Step::Within),
        (true, Some(true), true, Step::Home),
        (false, Some(false), false, Step::Away),
        // A second Back comes before our way home did.
        (false, Some(false), true, Step::Farther),
        (true, Some(false), true, Step::Astray),
        // A browser that does not tell its entries apart, and a page that has none yet.
        (true, None, false, Step::Within),
        (false, None, false, Step::Within),
        (false, None, true, Step::Within),
    ] {
        assert_eq!(judge(to_path, to_entry, awaited), step, "{to_path} {to_entry:?} {awaited}");
    }
}

/// What a browser does with a way home that is asked for while steps of the person wait.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// It waits its turn.
    Last,
    /// It overtakes.
    First,
    /// It takes the place of all that waits.
    Alone,
    /// It waits its turn, and is dropped by a step that comes before.
    Dropped,
}

enum Way {
    By(i32),
    To(usize),
}

/// The paths of a history; each entry's key is its place.
const PATHS: [&str; 7] = ["/clusters", "/form", "/list", "/form", "/list", "/pod", "/form"];
/// Where the guarded page stands.
const HOME: usize = 3;

/// What became of steps that a person took at once.
#[derive(Debug, Default)]
struct Tale {
    at: usize,
    asked: u32,
    /// How often the person came home by themselves.
    came_home: u32,
    taken_back: usize,
    /// Where the page would be left to, and where the person's last step out of it led.
    wish: Option<usize>,
    led: Option<usize>,
}

fn take(steps: &[i32], order: Order) -> Tale {
    let home = Home::new("/form".to_owned(), "/form", Some(HOME.to_string()));
    let mut tale = Tale { at: HOME, ..Tale::default() };
    let mut ways: VecDeque<Way> = steps.iter().copied().map(Way::By).collect();
    while let Some(way) = ways.pop_front() {
        let to = match way {
            Way::By(steps) => tale.at.checked_add_signed(steps as isize).filter(|to| *to < PATHS.len()),
            Way::To(to) => Some(to),
        };
        // A step past the end of the history is none, nor is one to where it stands.
        let Some(to) = to.filter(|to| *to != tale.at) else { continue };
        tale.at = to;
        if matches!(order, Order::Dropped) {
            ways.retain(|way| matches!(way, Way::By(_)));
        }
        if matches!(way, Way::By(_)) && PATHS[to] != "/form" {
            tale.led = Some(to);
        }
        let step = home.note_step(PATHS[to], Some(to.to_string()));
        match step {
            Step::Home if matches!(way, Way::By(_)) => {
                tale.came_home += 1;
                continue;
            }
            Step::Within | Step::Home => continue,
            Step::Away => {
                tale.asked += 1;
                tale.wish = Some(to);
            }
            Step::Farther => tale.wish = Some(to),
            Step::Astray => {}
        }
        tale.taken_back += 1;
        assert!(tale.taken_back < 100, "{steps:?} {order:?}: an endless loop");
        let back = Way::To(home.entry.borrow().as_ref().unwrap().parse().unwrap());
        match order {
            Order::Last | Order::Dropped => ways.push_back(back),
            Order::First => ways.push_front(back),
            Order::Alone => ways = VecDeque::from([back]),
        }
    }
    tale
}

#[test]
fn any_steps_at_once_end_in_the_page_asked_about_once() {
    const STEPS: [i32; 7] = [-3, -2, -1, 0, 1, 2, 3];
    for order in [Order::Last, Order::First, Order::Alone, Order::Dropped] {
        for number in 0..STEPS.len().pow(4) {
            let steps = [1, 7, 49, 343].map(|digit| STEPS[number / digit % STEPS.len()]);
            let tale = take(&steps, order);
            let told = format!("{steps:?} {order:?}: {tale:?}");
            assert_eq!(PATHS[tale.at], "/form", "{told}");
            assert!(tale.taken_back <= steps.len(), "{told}");
            assert_eq!(tale.wish, tale.led, "{told}");
            // Where each step is taken back before the next, each is a wish of its own, and the question
            // stands. Elsewhere another question needs another leaving.
            if !matches!(order, Order::First) {
                assert!(tale.asked <= 1 + tale.came_home, "{told}");
            }
            assert_eq!(tale.asked > 0, tale.led.is_some(), "{told}");
        }
    }
}

#[test]
fn two_backs_at_once_are_one_question() {
    for order in [Order::Last, Order::Alone, Order::Dropped] {
        let tale = take(&[-1, -2], order);
        assert_eq!((tale.at, tale.asked), (HOME, 1), "{order:?}: {tale:?}");
    }
}

#[test]
fn a_page_is_at_home_where_it_was_put_into_the_history() {
    // The address is a step behind while a page is being opened.
    let home = Home::new("/form".to_owned(), "/list", Some("a".to_owned()));
    assert_eq!(home.note_step("/clusters", Some("z".to_owned())), Step::Within);
    home.note_written("/form", Some("b".to_owned()));
    assert_eq!(home.note_step("/list", Some("a".to_owned())), Step::Away);
    assert_eq!(home.note_step("/form", Some("b".to_owned())), Step::Home);
    // A tab of the page is an entry of it.
    home.note_written("/form", Some("c".to_owned()));
    assert_eq!(home.note_step("/form", Some("b".to_owned())), Step::Within);
    assert_eq!(home.note_step("/list", Some("a".to_owned())), Step::Away);
    assert_eq!(home.note_step("/form", Some("c".to_owned())), Step::Astray);
    assert_eq!(home.note_step("/form", Some("b".to_owned())), Step::Home);
}

#[test]
fn nothing_is_taken_back_where_entries_cannot_be_told_apart() {
    let home = Home::new("/form".to_owned(), "/form", None);
    for path in ["/list", "/form", "/pod"] {
        assert_eq!(home.note_step(path, None), Step::Within, "{path}");
    }
}
