//! A chart as SVG: in each row a label and, under it, a mark with its whiskers for each series, on
//! a logarithmic axis. `theme/site.css` gives the colours their meaning in light and dark, so the
//! page includes the file instead of showing it as an image.

use std::ops::Range;

use anyhow::{Result, anyhow};
use plotters::chart::ChartContext;
use plotters::coord::combinators::LogCoord;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::charts::{Chart, Row};
use super::data::Measured;
use super::spread::Spread;
use super::text::significant;

/// As wide as the text on a phone: nothing is drawn smaller there.
const WIDTH: u32 = 360;
const ROW: u32 = 40;
/// Above the rows: the legend. Below: the axis.
const HEAD: u32 = 44;
const FOOT: u32 = 24;

/// Site.css knows these.
const INK: RGBColor = RGBColor(0, 0, 0);
const GRID: RGBColor = RGBColor(208, 208, 208);
const SERIES: [RGBColor; 2] = [RGBColor(11, 92, 173), RGBColor(168, 71, 0)];

type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<LogCoord<f64>, RangedCoordf64>>;

/// # Errors
/// If the library does not draw.
pub fn svg(chart: &Chart, measured: &Measured) -> Result<String> {
    let rows: Vec<&Row> = chart
        .rows
        .iter()
        .filter(|row| (0..2).any(|series| row.ratio(series, measured).is_some()))
        .collect();
    let mut svg = String::new();
    let height = HEAD + FOOT + ROW * rows.len().max(1) as u32;
    paint(&mut svg, height, chart, &rows, measured).map_err(|error| anyhow!("{error}"))?;
    Ok(svg + "\n")
}

fn paint(
    svg: &mut String,
    height: u32,
    chart: &Chart,
    rows: &[&Row],
    measured: &Measured,
) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
    for (series, name) in chart.series.iter().enumerate() {
        let at = (8 + 110 * series as i32, 12);
        root.draw(&(EmptyElement::at(at) + mark((4, 0), series)))?;
        root.draw(&Text::new(
            (*name).to_owned(),
            (at.0 + 14, at.1),
            text(13, INK, HPos::Left),
        ))?;
    }
    let range = range(chart, rows, measured);
    let mut plot = ChartBuilder::on(&root)
        .margin_left(12)
        .margin_right(12)
        .margin_top(HEAD as i32)
        .x_label_area_size(FOOT as i32)
        .build_cartesian_2d(
            range.clone().log_scale().base(chart.base),
            rows.len() as f64..0.0,
        )?;
    plot.configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(7)
        .x_label_formatter(&|x| significant(*x))
        .x_label_style(text(12, INK, HPos::Center))
        .axis_style(GRID)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .draw()?;
    if range.contains(&1.0) {
        let ends = vec![(1.0, 0.0), (1.0, rows.len() as f64)];
        plot.draw_series([PathElement::new(ends, INK)])?;
    }
    let (one, _) = plot.backend_coord(&(1.0, 0.0));
    let above = HEAD as i32 - 10;
    let [less, more] = chart.sides;
    root.draw(&Text::new(
        less.to_owned(),
        (one - 6, above),
        text(12, INK, HPos::Right),
    ))?;
    root.draw(&Text::new(
        more.to_owned(),
        (one + 6, above),
        text(12, INK, HPos::Left),
    ))?;
    for (i, row) in rows.iter().enumerate() {
        let top = i as f64;
        let label = Text::new(
            row.label.to_owned(),
            (range.start, top + 0.2),
            text(13, INK, HPos::Left),
        );
        plot.draw_series([label])?;
        for series in 0..2 {
            if let Some(spread) = row.ratio(series, measured) {
                ratio(&mut plot, top + 0.5 + 0.28 * series as f64, series, spread)?;
            }
        }
    }
    root.present()?;
    drop(plot);
    Ok(())
}

/// A mark at the median, whiskers over the interval, and the number beside it.
fn ratio(
    plot: &mut Plot,
    y: f64,
    series: usize,
    spread: Spread,
) -> Result<(), Box<dyn std::error::Error>> {
    let Spread { median, low, high } = spread;
    let whiskers = PathElement::new(vec![(low, y), (high, y)], SERIES[series].stroke_width(2));
    plot.draw_series([whiskers])?;
    plot.draw_series([EmptyElement::at((median, y)) + mark((0, 0), series)])?;
    let number = Text::new(
        significant(median),
        (8, 0),
        text(12, SERIES[series], HPos::Left),
    );
    plot.draw_series([EmptyElement::at((high.max(median), y)) + number])?;
    Ok(())
}

/// A disc for the first series, a square for the second: not told apart by colour alone.
fn mark(at: (i32, i32), series: usize) -> Polygon<(i32, i32)> {
    let corners = if series == 0 { 16 } else { 4 };
    let corner = |i: i32| {
        let turn = (f64::from(i) + 0.5) / f64::from(corners) * std::f64::consts::TAU;
        let radius = if series == 0 { 4.5 } else { 5.5 };
        let along = |part: f64| (radius * part).round() as i32;
        (at.0 + along(turn.cos()), at.1 + along(turn.sin()))
    };
    let corners: Vec<(i32, i32)> = (0..corners).map(corner).collect();
    Polygon::new(corners, SERIES[series].filled())
}

fn text(size: u32, color: RGBColor, horizontal: HPos) -> TextStyle<'static> {
    let anchor = Pos::new(horizontal, VPos::Center);
    ("sans-serif", size).into_font().color(&color).pos(anchor)
}

/// What the axis shows: all intervals and 1, and room for the numbers to the right of the marks.
fn range(chart: &Chart, rows: &[&Row], measured: &Measured) -> Range<f64> {
    let spreads = rows
        .iter()
        .flat_map(|row| (0..2).filter_map(|series| row.ratio(series, measured)));
    let (mut low, mut high) = (1.0_f64, 1.0_f64);
    for spread in spreads {
        low = low.min(spread.low);
        high = high.max(spread.high);
    }
    let width = (high / low).max(chart.base);
    low * width.powf(-0.06)..high * width.powf(0.18)
}
