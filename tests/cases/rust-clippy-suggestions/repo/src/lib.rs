//! Parcels and their weights.

pub struct Parcel {
    pub label: String,
    pub grams: u32,
}

impl Parcel {
    pub fn new(label: &str, grams: u32) -> Parcel {
        let label = label.to_string();
        Parcel { label: label, grams: grams }
    }

    pub fn is_blank(&self) -> bool {
        return self.label.trim().len() == 0;
    }
}

pub fn heaviest(parcels: &[Parcel]) -> Option<&Parcel> {
    let mut found = parcels.iter().max_by_key(|p| p.grams);
    if let Some(p) = found {
        log(&p.label);
    }
    found
}

pub fn total(parcels: &[Parcel]) -> u64 {
    let mut sum = 0u64;
    for p in parcels.iter() {
        sum = sum + p.grams as u64;
    }
    return sum;
}

pub fn labels(parcels: &[Parcel]) -> Vec<String> {
    parcels.iter().map(|p| format!("{}", p.label)).collect()
}

fn log(text: &str) {
    eprintln!("heaviest: {}", text);
}
