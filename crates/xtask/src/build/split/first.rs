//! Writes the first part: the whole module, with traps where the second part's functions were.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, anyhow};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, Instruction, Module, TableSection, TypeSection, ValType,
    reencode::{self, Reencode, utils},
};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, DataSectionReader, ExportSectionReader, FunctionBody,
    FunctionSectionReader, ImportSectionReader, Parser, Table, TypeSectionReader,
};

use super::{
    Nicknames, TABLE,
    data::Places,
    name,
    program::{Program, STACK, is_never_called},
};

/// The first part.
///
/// # Errors
/// When the module cannot be written anew.
pub(super) fn write(
    program: &Program,
    moved: &BTreeSet<u32>,
    never: &BTreeSet<u32>,
    doors: &BTreeSet<u32>,
    used: &BTreeSet<u32>,
    not_here: &Places,
    nicknames: &Nicknames,
) -> Result<Vec<u8>> {
    let mut module = Module::new();
    let mut writer = First {
        program,
        moved,
        never,
        doors: doors.iter().copied().zip(door_slots(program)).collect(),
        used,
        not_here,
        nicknames,
        next: program.imported,
    };
    writer
        .parse_core_module(&mut module, Parser::new(0), program.bytes)
        .map_err(|error| anyhow!("writing the first part: {error}"))?;
    Ok(module.finish())
}

/// The slots behind the table's end, which are the doors'.
pub(super) fn door_slots(program: &Program) -> impl Iterator<Item = u32> {
    u32::try_from(program.table.initial).unwrap_or(u32::MAX)..
}

/// The function that gives where the stack ends now, and the one that sets it.
pub(super) fn stack_functions(program: &Program) -> (u32, u32) {
    let next = u32::try_from(program.functions.len()).unwrap_or(u32::MAX);
    (next, next + 1)
}

/// Reencodes the module.
struct First<'a> {
    program: &'a Program<'a>,
    moved: &'a BTreeSet<u32>,
    never: &'a BTreeSet<u32>,
    /// The slot of each door.
    doors: BTreeMap<u32, u32>,
    used: &'a BTreeSet<u32>,
    not_here: &'a Places,
    nicknames: &'a Nicknames,
    /// The function whose body comes next.
    next: u32,
}

type Done = Result<(), reencode::Error<std::convert::Infallible>>;

impl Reencode for First<'_> {
    type Error = std::convert::Infallible;

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: TypeSectionReader<'_>,
    ) -> Done {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([], [ValType::I32]);
        types.ty().function([ValType::I32], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Done {
        for import in section.into_imports() {
            let mut import = import?;
            import.module = self.nicknames.get(import.module);
            import.name = self.nicknames.get(import.name);
            utils::parse_import(self, imports, import)?;
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Done {
        utils::parse_function_section(self, functions, section)?;
        let types = u32::try_from(self.program.types.len()).unwrap_or(u32::MAX);
        functions.function(types);
        functions.function(types + 1);
        for import in self.lent() {
            functions.function(self.program.functions[import as usize].kind);
        }
        Ok(())
    }

    fn parse_table(&mut self, tables: &mut TableSection, mut table: Table<'_>) -> Done {
        let doors = self.doors.len() as u64;
        table.ty.initial += doors;
        table.ty.maximum = table.ty.maximum.map(|maximum| maximum + doors);
        utils::parse_table(self, tables, table)
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: ExportSectionReader<'_>,
    ) -> Done {
        for export in section {
            let mut export = export?;
            export.name = self.nicknames.get(export.name);
            if !is_never_called(export.name) {
                utils::parse_export(self, exports, export)?;
            }
        }
        exports.export(TABLE, ExportKind::Table, 0);
        let (get, set) = stack_functions(self.program);
        let own = self
            .used
            .iter()
            .filter(|function| !self.is_lent(**function));
        for function in own.copied().chain([get, set]) {
            exports.export(&name(function), ExportKind::Func, function);
        }
        for (place, import) in (set + 1..).zip(self.lent()) {
            exports.export(&name(import), ExportKind::Func, place);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Done {
        utils::parse_code_section(self, code, section)?;
        code.function(&body(&[Instruction::GlobalGet(STACK)]));
        code.function(&body(&[
            Instruction::LocalGet(0),
            Instruction::GlobalSet(STACK),
        ]));
        for import in self.lent() {
            let mut steps = self.arguments(import);
            steps.push(Instruction::Call(import));
            code.function(&body(&steps));
        }
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, function: FunctionBody<'_>) -> Done {
        let number = self.next;
        self.next += 1;
        if !self.moved.contains(&number) && !self.never.contains(&number) {
            return utils::parse_function_body(self, code, function);
        }
        let Some(slot) = self.doors.get(&number) else {
            code.function(&body(&[Instruction::Unreachable]));
            return Ok(());
        };
        let kind = self.program.functions[number as usize].kind;
        let mut steps = self.arguments(number);
        steps.push(Instruction::I32Const(
            i32::try_from(*slot).unwrap_or(i32::MAX),
        ));
        steps.push(Instruction::CallIndirect {
            type_index: kind,
            table_index: 0,
        });
        code.function(&body(&steps));
        Ok(())
    }

    /// In one piece, which `wasm-opt` divides where there is enough of nothing.
    fn parse_data_section(&mut self, section: &mut DataSection, _: DataSectionReader<'_>) -> Done {
        let pieces = &self.program.pieces;
        let Some(first) = pieces.first() else {
            return Ok(());
        };
        let mut bytes = Vec::new();
        for (place, piece) in pieces.iter().enumerate() {
            if !self.not_here.contains(&place) {
                bytes.resize((piece.at - first.at) as usize, 0);
                bytes.extend_from_slice(piece.bytes);
            }
        }
        section.active(0, &ConstExpr::i32_const(first.at.cast_signed()), bytes);
        Ok(())
    }

    /// Names and notes of tools are for the cut alone.
    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> Done {
        Ok(())
    }
}

impl First<'_> {
    /// The script's functions that the second part calls. Each gets a function of its own around it: V8 before 7.4
    /// crashes where one module takes what another only hands on.
    fn lent(&self) -> impl Iterator<Item = u32> {
        self.used
            .iter()
            .copied()
            .filter(|function| self.is_lent(*function))
    }

    fn is_lent(&self, function: u32) -> bool {
        function < self.program.imported
    }

    /// Steps that pass on what a function was called with.
    fn arguments<'a>(&self, function: u32) -> Vec<Instruction<'a>> {
        let kind = self.program.functions[function as usize].kind;
        let taken = self.program.types[kind as usize].params().len();
        (0..).take(taken).map(Instruction::LocalGet).collect()
    }
}

fn body(steps: &[Instruction]) -> Function {
    let mut function = Function::new([]);
    for step in steps {
        function.instruction(step);
    }
    function.instruction(&Instruction::End);
    function
}
