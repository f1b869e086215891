//! Stamps the git revision into the binary and links the system's PROJ.
use std::process::Command;

fn main() {
    // proj-sys is built with `nobuild`, so the one PROJ that GDAL already uses is linked here.
    println!("cargo:rustc-link-lib=proj");

    let git = |args: &[&str]| {
        Command::new("git")
            .args(args)
            .output()
            .ok()
            .filter(|o| o.status.success())
            .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_string())
    };
    let revision = git(&["rev-parse", "--short=12", "HEAD"]).unwrap_or_else(|| "unknown".into());
    println!("cargo:rustc-env=STADTSCHICHT_REVISION={revision}");
    if let Some(dir) = git(&["rev-parse", "--git-dir"]) {
        println!("cargo:rerun-if-changed={dir}/HEAD");
        println!("cargo:rerun-if-changed={dir}/logs/HEAD");
    }
    println!("cargo:rerun-if-changed=build.rs");
    // Modules and mappings are compiled in: a new file there has to be seen.
    println!("cargo:rerun-if-changed=assets/modules");
    println!("cargo:rerun-if-changed=assets/mappings");
}
