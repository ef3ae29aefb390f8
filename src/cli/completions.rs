//! `pgtenant completions SHELL` and `pgtenant man`: what a package installs beside the program.

use std::io::{self, Write};

use clap::Command;
use clap_complete::Shell;

/// Writes a shell's completions to standard output.
///
/// # Errors
/// Standard output's.
pub(super) fn completions(shell: Shell, mut command: Command) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "pgtenant", &mut script);
    io::stdout().write_all(&script)
}

/// Writes the manual's page (roff) to standard output: `pgtenant man | man -l -`.
///
/// # Errors
/// Standard output's.
pub(super) fn man(command: Command) -> io::Result<()> {
    let mut page = Vec::new();
    render(command, &mut page)?;
    io::stdout().write_all(&page)
}

/// The page of the program, and behind it those of its commands, in one.
fn render(mut command: Command, page: &mut Vec<u8>) -> io::Result<()> {
    command.build();
    clap_mangen::Man::new(command.clone()).render(page)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name = format!("pgtenant {}", sub.get_name());
        writeln!(page, ".SH \"{}\"", name.to_uppercase())?;
        let man = clap_mangen::Man::new(sub.clone());
        man.render_synopsis_section(page)?;
        man.render_description_section(page)?;
        man.render_options_section(page)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn each_command_is_in_both() {
        let command = super::super::Arguments::command();
        let mut page = Vec::new();
        render(command.clone(), &mut page).unwrap();
        let (page, mut script) = (String::from_utf8(page).unwrap(), Vec::new());
        clap_complete::generate(Shell::Bash, &mut command.clone(), "pgtenant", &mut script);
        let script = String::from_utf8(script).unwrap();
        for sub in command.get_subcommands() {
            assert!(page.contains(&format!(".SH \"PGTENANT {}\"", sub.get_name().to_uppercase())), "{}", sub.get_name());
            assert!(script.contains(sub.get_name()), "{}", sub.get_name());
        }
    }
}
