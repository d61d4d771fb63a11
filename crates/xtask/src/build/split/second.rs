//! Writes the second part: its functions, and the slots that they take.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use anyhow::{Result, anyhow};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, FunctionSection,
    ImportSection, Instruction, Module, TypeSection, ValType,
    reencode::{Error, Reencode, RoundtripReencoder, utils},
};
use wasmparser::Operator;

use super::{
    FIRST, TABLE,
    data::{Piece, Places},
    first::{door_slots, stack_functions},
    name,
    program::Program,
};

/// The functions of the first part that those of the second call.
pub(super) fn used(program: &Program, moved: &BTreeSet<u32>) -> BTreeSet<u32> {
    moved
        .iter()
        .flat_map(|caller| &program.functions[*caller as usize].calls)
        .filter(|called| !moved.contains(called))
        .copied()
        .collect()
}

/// The second part.
///
/// # Errors
/// When a function cannot be written anew.
pub(super) fn write(
    program: &Program,
    moved: &BTreeSet<u32>,
    doors: &BTreeSet<u32>,
    data: &Places,
) -> Result<Vec<u8>> {
    let failed = |error: Error<Infallible>| anyhow!("writing the second part: {error}");
    let (get, set) = stack_functions(program);
    let imported: Vec<u32> = used(program, moved).into_iter().chain([get, set]).collect();
    let places: BTreeMap<u32, u32> = imported.iter().chain(moved).copied().zip(0..).collect();

    let mut types = TypeSection::new();
    let own = u32::try_from(program.types.len())?;
    for kind in &program.types {
        let kind = RoundtripReencoder.func_type(kind.clone()).map_err(failed)?;
        types.ty().func_type(&kind);
    }
    types.ty().function([], [ValType::I32]);
    types.ty().function([ValType::I32], []);

    let mut imports = ImportSection::new();
    let mut table = RoundtripReencoder
        .table_type(program.table)
        .map_err(failed)?;
    table.minimum += doors.len() as u64;
    table.maximum = table.maximum.map(|maximum| maximum + doors.len() as u64);
    imports.import(FIRST, TABLE, table);
    let memory = RoundtripReencoder
        .memory_type(program.memory)
        .map_err(failed)?;
    imports.import(FIRST, program.memory_export, memory);
    for function in imported {
        let kind = match function {
            _ if function == get => own,
            _ if function == set => own + 1,
            _ => program.functions[function as usize].kind,
        };
        imports.import(FIRST, &name(function), EntityType::Function(kind));
    }

    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    let mut writer = Second {
        places: &places,
        get: places[&get],
        set: places[&set],
    };
    for number in moved {
        let function = &program.functions[*number as usize];
        functions.function(function.kind);
        if let Some(body) = &function.body {
            utils::parse_function_body(&mut writer, &mut code, body.clone()).map_err(failed)?;
        }
    }

    let mut elements = ElementSection::new();
    let in_table = program
        .slots
        .iter()
        .copied()
        .filter(|(_, function)| moved.contains(function));
    let all: BTreeMap<u32, u32> = in_table
        .chain(door_slots(program).zip(doors.iter().copied()))
        .collect();
    for (first, run) in runs(&all) {
        let placed: Vec<u32> = run.iter().map(|function| places[function]).collect();
        let place = ConstExpr::i32_const(i32::try_from(first)?);
        elements.active(None, &place, Elements::Functions(placed.into()));
    }

    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&elements)
        .section(&code)
        .section(&data_section(&program.pieces, data));
    Ok(module.finish())
}

/// Reencodes a function for its new place.
struct Second<'a> {
    places: &'a BTreeMap<u32, u32>,
    get: u32,
    set: u32,
}

impl Reencode for Second<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error<Infallible>> {
        Ok(self.places[&function])
    }

    /// Where the stack ends is the first part's to keep.
    fn instruction<'a>(
        &mut self,
        operator: Operator<'a>,
    ) -> Result<Instruction<'a>, Error<Infallible>> {
        match operator {
            Operator::GlobalGet { .. } => Ok(Instruction::Call(self.get)),
            Operator::GlobalSet { .. } => Ok(Instruction::Call(self.set)),
            other => utils::instruction(self, other),
        }
    }
}

/// Pieces that follow one another are written as one; between them is nothing but what makes the next one even.
fn data_section(pieces: &[Piece], data: &Places) -> DataSection {
    let mut section = DataSection::new();
    let mut open: Option<(u32, Vec<u8>)> = None;
    let mut close = |run: Option<(u32, Vec<u8>)>| {
        if let Some((at, bytes)) = run {
            section.active(0, &ConstExpr::i32_const(at.cast_signed()), bytes);
        }
    };
    for (place, piece) in pieces.iter().enumerate() {
        if !data.contains(&place) {
            close(open.take());
            continue;
        }
        let (at, bytes) = open.get_or_insert_with(|| (piece.at, Vec::new()));
        bytes.resize((piece.at - *at) as usize, 0);
        bytes.extend_from_slice(piece.bytes);
    }
    close(open);
    section
}

/// Slots that follow one another, each run with its first.
fn runs(slots: &BTreeMap<u32, u32>) -> Vec<(u32, Vec<u32>)> {
    let mut runs: Vec<(u32, Vec<u32>)> = Vec::new();
    for (slot, function) in slots {
        match runs.last_mut() {
            Some((first, run))
                if *slot == *first + u32::try_from(run.len()).unwrap_or(u32::MAX) =>
            {
                run.push(*function);
            }
            _ => runs.push((*slot, vec![*function])),
        }
    }
    runs
}
