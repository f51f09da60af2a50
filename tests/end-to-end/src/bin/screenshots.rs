//! `make screenshots`: every screen of the real app, light and dark, on a phone and on a desktop, in English and
//! Arabic.
//!
//! ```text
//! screenshots [FOLDER] [LANGUAGE...]   the default is target/screenshots, en and ar
//! ```

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a development tool, which fails by panicking")]

use end_to_end::{Conditions, Screen, journey, root};
use std::path::PathBuf;

/// Name, width and height in CSS pixels, device pixels per CSS pixel, touch.
const DEVICES: [(&str, u32, u32, u32, bool); 2] = [("phone", 390, 844, 2, true), ("desktop", 1280, 800, 1, false)];

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().map_or_else(|| root().join("target/screenshots"), PathBuf::from);
    let mut languages: Vec<String> = arguments.collect();
    if languages.is_empty() {
        languages = vec!["en".to_owned(), "ar".to_owned()];
    }
    std::fs::create_dir_all(&folder).unwrap();
    println!("{}", folder.display());
    // Each language needs a new world, because the last screen removes config.json.
    for lang in languages {
        let folder = folder.clone();
        journey("screenshots", Conditions::every_screen(), |w| async move {
            let mut taken = 0;
            for screen in Screen::ALL {
                // Set the window size before the page loads: a page that is resized afterwards may look slightly
                // different.
                for (device, width, height, scale, touch) in DEVICES {
                    w.in_window(width, height, scale, touch).await?;
                    w.show(screen, &lang).await?;
                    for scheme in ["light", "dark"] {
                        w.in_color_scheme(scheme).await?;
                        let name = [screen.name(), device, scheme, &lang].join("-");
                        w.take_screenshot(&folder.join(name).with_extension("png")).await?;
                        taken += 1;
                    }
                }
            }
            println!("{lang}: {taken} pictures");
            Ok(())
        });
    }
}
