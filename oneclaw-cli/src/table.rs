//! Aligned columns of plain text.

use std::fmt::Write as _;

use crate::failure::visible;
use crate::output::DIM;

const GAP: &str = "  ";

/// Rows under a heading, or rows of a name and what it stands for.
#[derive(Debug)]
pub(crate) struct Table {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Starts a table with the names of its columns.
    pub(crate) fn new<const N: usize>(heading: [&str; N]) -> Self {
        Self { heading: heading.map(str::to_owned).to_vec(), rows: Vec::new() }
    }

    /// Starts a table of names and what they stand for, without a heading.
    pub(crate) const fn of_fields() -> Self {
        Self { heading: Vec::new(), rows: Vec::new() }
    }

    /// Adds a row; an empty cell is shown as a dash.
    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows
            .push(cells.map(|cell| if cell.is_empty() { "-".to_owned() } else { visible(&cell) }).to_vec());
    }

    /// Renders the table without a final line break; nothing where there are no rows.
    pub(crate) fn render(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let columns = self.rows.iter().chain([&self.heading]).map(Vec::len).max().unwrap_or_default();
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let cells = self.rows.iter().chain([&self.heading]).filter_map(|row| row.get(column));
                cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
            })
            .collect();
        let line = |row: &Vec<String>| {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let _ = write!(line, "{cell:<width$}{GAP}");
            }
            line.trim_end().to_owned()
        };
        let mut lines = Vec::with_capacity(self.rows.len() + 1);
        if !self.heading.is_empty() {
            lines.push(format!("{DIM}{}{DIM:#}", line(&self.heading)));
        }
        lines.extend(self.rows.iter().map(line));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_lines_have_no_trailing_blanks() {
        let mut table = Table::of_fields();
        table.row(["a".into(), "1".into()]);
        table.row(["long".into(), String::new()]);
        assert_eq!(table.render(), "a     1\nlong  -");
    }

    #[test]
    fn a_cell_can_not_write_to_the_terminal() {
        let mut table = Table::of_fields();
        table.row(["\u{1b}]0;x\u{7}".into()]);
        assert_eq!(table.render(), "\u{fffd}]0;x\u{fffd}");
    }

    #[test]
    fn an_empty_table_is_nothing() {
        assert_eq!(Table::new(["NAME"]).render(), "");
    }
}
