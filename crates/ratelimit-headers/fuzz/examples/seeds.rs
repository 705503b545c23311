//! Writes the golden cases as seeds: `corpus/<target>/<case>`, one header a line.

use serde_json::Value;
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = fs::read_to_string(here.join("../tests/data/cases.jsonl"))?;
    let corpus = here.join("corpus/read");
    fs::create_dir_all(&corpus)?;
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line)?;
        let name = case["id"].as_str().ok_or("a case without an id")?;
        fs::write(corpus.join(name), seed(&case)?)?;
    }
    Ok(())
}

fn seed(case: &Value) -> Result<String, Box<dyn Error>> {
    let mut seed = String::new();
    for line in case["headers"].as_array().ok_or("a case without headers")? {
        let [Some(name), Some(value)] = [0, 1].map(|at| line[at].as_str()) else {
            return Err("a header that is not two strings".into());
        };
        seed += &format!("{name}:{value}\n");
    }
    Ok(seed)
}
