//! `settlement dead-letters list | retry | drop`.

use clap::{Args, Subcommand};

use super::{DataArgs, Error, FAILED, OK};
use crate::settlement::data::Data;
use crate::settlement::store::StoreError;
use crate::settlement::views::{Letter, NoLetter, Views, at_most};

#[derive(Debug, Subcommand)]
pub enum Action {
    /// Show them, with the reasons
    List {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Apply them after all, for example with another --limit
    Retry {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Give them up for good; they stay in the books as written off
    Drop {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// Their numbers, as `list` shows them
    #[arg(value_name = "ID", value_parser = clap::value_parser!(u64).range(1..=i64::MAX as u64))]
    ids: Vec<u64>,
    /// All that wait
    #[arg(long)]
    all: bool,
}

pub async fn act(action: Action) -> Result<u8, Error> {
    match action {
        Action::List { data } => {
            let views = open(&data).await?;
            let letters = all(&views).await;
            views.close().await;
            list(&letters?);
            Ok(OK)
        }
        Action::Retry { which, data } => each(which, &data, true).await,
        Action::Drop { which, data } => each(which, &data, false).await,
    }
}

async fn open(args: &DataArgs) -> Result<Views, Error> {
    let data = Data::new(&args.data);
    data.exists()?;
    Ok(data.views(at_most(args.limit)).await?)
}

async fn all(views: &Views) -> Result<Vec<Letter>, NoLetter> {
    let snapshot = views.snapshot().await.map_err(NoLetter::Store)?;
    Ok(snapshot.letters)
}

fn list(letters: &[Letter]) {
    if letters.is_empty() {
        println!("there are no dead letters");
    }
    for letter in letters {
        let Letter {
            id,
            partition,
            offset,
            reason,
            tries,
            ..
        } = letter;
        let what = match letter.event {
            Some(event) => event.to_string(),
            None => "no event".into(),
        };
        let dropped = if letter.dropped { ", dropped" } else { "" };
        println!("{id}: {what}, partition {partition}, offset {offset}, {tries} tries{dropped}");
        println!("   {reason}");
        println!("   {}", String::from_utf8_lossy(&letter.value));
    }
}

/// Retries or drops letters; one that stays does not keep the next from its turn.
async fn each(which: Which, args: &DataArgs, retry: bool) -> Result<u8, Error> {
    let views = open(args).await?;
    let ids = if which.all {
        let letters = all(&views).await?;
        let waiting = letters.iter().filter(|letter| !letter.dropped);
        waiting.map(|letter| letter.id).collect()
    } else {
        which.ids
    };
    let mut code = OK;
    for id in ids {
        let done = if retry {
            views
                .retry(id)
                .await
                .map(|event| format!("{id}: {} is applied", event.id()))
        } else {
            views
                .drop_letter(id)
                .await
                .map(|()| format!("{id}: dropped"))
        };
        match done {
            Ok(done) => println!("{done}"),
            Err(NoLetter::Store(error @ StoreError::Damaged { .. })) => {
                return Err(NoLetter::Store(error).into());
            }
            Err(error) => {
                eprintln!("error: {error}");
                code = FAILED;
            }
        }
    }
    views.close().await;
    Ok(code)
}
