//! Prints the waiting table: see `companion::waiting`.

fn main() {
    print!("{}", companion::waiting::table(companion::waiting::rust()));
}
