use std::sync::Arc;

use super::*;
use crate::catalog::{Column, Relation};

fn ground(isolation: Isolation) -> Ground {
    let columns = || vec![Column::new("tenant_id", "text"), Column::new("id", "integer")];
    let relations = [
        Relation::table(16_001, "public", "orders", columns()),
        Relation::table(16_002, "public", "customers", columns()),
        Relation::table(16_003, "public", "countries", vec![Column::new("code", "text")]),
    ];
    Ground {
        catalog: Arc::new(Catalog::new(150_018, relations, [])),
        isolation,
        lock_is_login: true,
        ddl: true,
        functions: vec![],
        reference_tables: vec!["countries".into()],
        cache: Cache::default(),
    }
}

fn row() -> Ground {
    ground(Isolation::Row { column: "tenant_id".into() })
}

fn verdict(text: &str, ground: &Ground) -> Result<(), Report> {
    let whose = Whose { key: "acme", schema: Some("t_acme"), role: "t_acme" };
    match judge(text, ground, &whose, Tenancy::Literal).verdict {
        Verdict::Refused(report) => Err(Report::clone(&report)),
        _ => Ok(()),
    }
}

#[track_caller]
fn all_pass(ground: &Ground, texts: &[&str]) {
    let refused: Vec<_> = texts.iter().filter_map(|text| verdict(text, ground).err().map(|report| (text, report))).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[track_caller]
fn none_passes(ground: &Ground, texts: &[&str]) {
    let passed: Vec<_> = texts.iter().filter(|text| verdict(text, ground).is_ok()).collect();
    assert!(passed.is_empty(), "{passed:#?}");
    for text in texts {
        let report = verdict(text, ground).unwrap_err();
        assert!(
            report.hint.is_some() || report.state != crate::error::SqlState::INSUFFICIENT_PRIVILEGE || report.detail.is_some(),
            "{text}: {report:?}"
        );
    }
}

#[test]
#[ignore = "by hand: GATE_TEXTS names a file of JSON lines with `model` and `sql`"]
fn by_hand() {
    let Ok(path) = std::env::var("GATE_TEXTS") else { return };
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let isolation = match case["model"].as_str() {
            Some("schema") => Isolation::Schema,
            Some("database") => Isolation::Database,
            _ => Isolation::Row { column: "tenant_id".into() },
        };
        let sql = case["sql"].as_str().unwrap();
        let outcome = match verdict(sql, &ground(isolation)) {
            Ok(()) => "pass   ".to_owned(),
            Err(report) => format!("refuse {} {} | {}", report.state, report.message, report.detail.as_deref().unwrap_or_default()),
        };
        println!(
            "{}\t{}\t{}\t{outcome}",
            case["id"].as_str().unwrap_or_default(),
            case["model"],
            sql.replace('\n', " ").chars().take(110).collect::<String>()
        );
    }
}
