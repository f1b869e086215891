//! The entry point: hands the command line to the library.

fn main() -> std::process::ExitCode {
    stadtschicht::cli::main()
}
