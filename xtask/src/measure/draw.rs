//! A chart as SVG: in each row a label and, under it, a mark with its whiskers for each series, on
//! a logarithmic axis. `theme/site.css` gives the colours their meaning in light and dark, so the
//! page includes the file instead of showing it as an image.

use std::error::Error;
use std::ops::Range;

use anyhow::{Result, anyhow};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::charts::{Chart, Row};
use super::data::Measured;
use super::digits::significant;
use super::spread::Spread;

/// As wide as the text on a phone: nothing is drawn smaller there.
const WIDTH: u32 = 360;
/// For a label, for each mark under it, and between two rows.
const LABEL: i32 = 17;
const MARK: i32 = 13;
const GAP: i32 = 8;
/// Above the rows: the legend. Below: the axis.
const HEAD: u32 = 48;
const FOOT: u32 = 24;

/// `site.css` knows these.
const INK: RGBColor = RGBColor(0, 0, 0);
const GRID: RGBColor = RGBColor(208, 208, 208);
const SERIES: [RGBColor; 2] = [RGBColor(11, 92, 173), RGBColor(168, 71, 0)];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

/// The chart of what was measured: a row where neither half was is left out.
///
/// # Errors
/// If the library does not draw.
pub fn svg(chart: &Chart, measured: &Measured) -> Result<String> {
    let ratios = |row: &Row| [0, 1].map(|series| row.ratio(series, measured));
    let rows = chart.rows.iter().map(|row| (row.label, ratios(row)));
    let rows: Vec<_> = rows
        .filter(|(_, ratios)| ratios.iter().any(Option::is_some))
        .collect();
    let mut svg = String::new();
    let marks = rows.iter().flat_map(|(_, ratios)| ratios.iter().flatten());
    let height = (LABEL + GAP) * rows.len() as i32 + MARK * marks.count() as i32;
    let height = HEAD + FOOT + height as u32;
    let area = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
    paint(&area, chart, &rows).map_err(|error| anyhow!("{}: {error}", chart.name))?;
    drop(area);
    Ok(svg + "\n")
}

fn paint(area: &Area, chart: &Chart, rows: &[(&str, [Option<Spread>; 2])]) -> Drawn {
    let spreads = rows.iter().flat_map(|(_, ratios)| ratios.iter().flatten());
    let range = range(chart.base, spreads);
    let mut plot = ChartBuilder::on(area)
        .margin_left(12)
        .margin_right(12)
        .margin_top(HEAD)
        .x_label_area_size(FOOT)
        .build_cartesian_2d(range.log_scale().base(chart.base), 0.0..1.0)?;
    plot.configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(7)
        .x_label_formatter(&|x| format!("{x}"))
        .x_label_style(style(12, INK, HPos::Center))
        .axis_style(GRID)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .draw()?;
    plot.draw_series([PathElement::new(vec![(1.0, 0.0), (1.0, 1.0)], INK)])?;

    for (series, name) in chart.series.iter().enumerate() {
        let at = (12 + 110 * series as i32, 12);
        mark(area, at, series)?;
        write(area, name, (at.0 + 10, at.1), style(13, INK, HPos::Left))?;
    }
    let x = |ratio| plot.backend_coord(&(ratio, 0.0)).0;
    let [less, more] = chart.sides;
    write(area, less, (x(1.0) - 6, 36), style(12, INK, HPos::Right))?;
    write(area, more, (x(1.0) + 6, 36), style(12, INK, HPos::Left))?;
    let mut top = HEAD as i32;
    for (label, ratios) in rows {
        write(area, label, (12, top + 10), style(13, INK, HPos::Left))?;
        top = marks(area, top + LABEL, ratios, &x)? + GAP;
    }
    Ok(area.present()?)
}

/// The marks of a row, one under the other, with what they say beside them; and where they end.
fn marks(
    area: &Area,
    mut top: i32,
    ratios: &[Option<Spread>; 2],
    x: &impl Fn(f64) -> i32,
) -> Result<i32, Box<dyn Error>> {
    for (series, spread) in ratios.iter().enumerate() {
        let Some(Spread { median, low, high }) = *spread else {
            continue;
        };
        let y = top + MARK / 2;
        let whiskers = vec![(x(low), y), (x(high), y)];
        area.draw(&PathElement::new(whiskers, SERIES[series].stroke_width(2)))?;
        mark(area, (x(median), y), series)?;
        let beside = (x(high).max(x(median) + 4) + 4, y);
        let number = style(12, SERIES[series], HPos::Left);
        write(area, &significant(median), beside, number)?;
        top += MARK;
    }
    Ok(top)
}

/// A disc for the first series, a square for the second: not told apart by colour alone.
fn mark(area: &Area, (x, y): (i32, i32), series: usize) -> Drawn {
    let filled = SERIES[series].filled();
    match series {
        0 => area.draw(&Circle::new((x, y), 4, filled))?,
        _ => area.draw(&Rectangle::new([(x - 4, y - 4), (x + 4, y + 4)], filled))?,
    }
    Ok(())
}

fn write(area: &Area, text: &str, at: (i32, i32), style: TextStyle) -> Drawn {
    Ok(area.draw(&Text::new(text, at, style))?)
}

/// The library writes points for pixels.
fn style(pixels: u32, color: RGBColor, horizontal: HPos) -> TextStyle<'static> {
    let font = ("sans-serif", f64::from(pixels) * 1.24).into_font();
    font.color(&color).pos(Pos::new(horizontal, VPos::Center))
}

/// What the axis shows: all intervals and 1, and room for the numbers to the right of the marks.
fn range<'a>(base: f64, spreads: impl Iterator<Item = &'a Spread>) -> Range<f64> {
    let (mut low, mut high) = (1.0_f64, base);
    for spread in spreads {
        low = low.min(spread.low);
        high = high.max(spread.high);
    }
    let width = high / low;
    low / width.powf(0.08)..high * width.powf(0.18)
}
