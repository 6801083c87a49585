//! Writes the table of the built-in kinds (`src/schema/kubernetes.txt`) from OpenAPI v3 documents of an API
//! server, whose files are the arguments: `kubectl get --raw /openapi/v3/apis/apps/v1 > apps.json`.

use std::{env, error::Error, fs};

use binnacle_model::schema;

fn main() -> Result<(), Box<dyn Error>> {
    let documents: Vec<Vec<u8>> = env::args().skip(1).map(fs::read).collect::<Result<_, _>>()?;
    let schema = schema::read(documents.iter().map(Vec::as_slice))?;
    println!(
        "# The built-in kinds of Kubernetes and the types of their fields, one type a line, from the OpenAPI"
    );
    println!(
        "# documents of an API server (Apache-2.0). `:` names the kinds of a group version. [x] is a list, {{x}}"
    );
    println!(
        "# a map, (a|b) the values a text can have; ! must be there, * takes other fields too; @ names a list"
    );
    println!("# map's keys, ~ a strategic merge key.");
    print!("{}", schema.to_table());
    Ok(())
}
