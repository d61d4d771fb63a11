//! A module as the cut sees it: functions with their names, who calls whom, and who is in the table.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};
use wasmparser::{
    ElementItems, ElementKind, Export, ExternalKind, FuncType, FunctionBody, KnownCustom,
    MemoryType, Name, Operator, Parser, Payload, TableType, TypeRef,
};

use super::{
    data::{Piece, piece},
    mentions::mentions,
};

/// The variable that holds where the stack ends: linkers put it first.
pub(super) const STACK: u32 = 0;

/// What Leptos' server functions offer the script for streams, in the names of their exports. The page has none of
/// them, but what is exported cannot be left out as never called.
const STREAMS: &str = "intounderlying";

/// Whether the script never calls what is exported under this name.
pub(super) fn is_never_called(export: &str) -> bool {
    export.contains(STREAMS)
}

/// The module.
pub(super) struct Program<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) types: Vec<FuncType>,
    /// Those of the page's script first, as the module numbers them.
    pub(super) functions: Vec<Function<'a>>,
    /// How many of them are the script's.
    pub(super) imported: u32,
    /// What the table holds: a slot and its function.
    pub(super) slots: Vec<(u32, u32)>,
    pub(super) table: TableType,
    pub(super) memory: MemoryType,
    pub(super) memory_export: &'a str,
    /// What the memory begins with, in order.
    pub(super) pieces: Vec<Piece<'a>>,
}

/// A function.
pub(super) struct Function<'a> {
    pub(super) kind: u32,
    /// As in the source, without the hashes of crates.
    pub(super) name: String,
    /// `None` where it is the script's.
    pub(super) body: Option<FunctionBody<'a>>,
    pub(super) calls: BTreeSet<u32>,
    /// Its constants and the offsets that it reads and writes at: all that may be addresses.
    pub(super) numbers: BTreeSet<u32>,
    pub(super) is_exported: bool,
}

impl<'a> Program<'a> {
    /// Reads a module.
    ///
    /// # Errors
    /// When it is none, has more than one memory or table, or a variable beside the stack's.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Program<'a>> {
        let (mut types, mut functions, mut slots) = (Vec::new(), Vec::new(), Vec::new());
        let (mut tables, mut memories) = (Vec::new(), Vec::new());
        let (mut exports, mut pieces) = (Vec::new(), Vec::new());
        let (mut imported, mut bodies) = (0, 0);
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::TypeSection(section) => {
                    for kind in section.into_iter_err_on_gc_types() {
                        types.push(kind?);
                    }
                }
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        let TypeRef::Func(kind) = import?.ty else {
                            bail!("it imports more than functions");
                        };
                        functions.push(Function::new(kind));
                    }
                    imported = functions.len();
                }
                Payload::FunctionSection(section) => {
                    for kind in section {
                        functions.push(Function::new(kind?));
                    }
                }
                Payload::TableSection(section) => {
                    for table in section {
                        tables.push(table?.ty);
                    }
                }
                Payload::MemorySection(section) => {
                    for memory in section {
                        memories.push(memory?);
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        exports.push(export?);
                    }
                }
                Payload::ElementSection(section) => {
                    for element in section {
                        let element = element?;
                        slots.extend(in_table(element.kind, element.items)?);
                    }
                }
                Payload::DataSection(section) => {
                    for data in section {
                        pieces.push(piece(data?)?);
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let function: &mut Function<'a> = functions
                        .get_mut(imported + bodies)
                        .context("a body too many")?;
                    (function.calls, function.numbers) = mentions(&body)?;
                    function.body = Some(body);
                    bodies += 1;
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for names in names {
                            if let Name::Function(names) = names? {
                                for naming in names {
                                    let naming = naming?;
                                    let function = functions.get_mut(naming.index as usize);
                                    function.context("a name too many")?.name =
                                        without_hashes(naming.name);
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        for export in &exports {
            if export.kind == ExternalKind::Func && !is_never_called(export.name) {
                let function = functions.get_mut(export.index as usize);
                function.context("an export of nothing")?.is_exported = true;
            }
        }
        pieces.sort_by_key(|piece| piece.at);
        let ([table], [memory]) = (tables.as_slice(), memories.as_slice()) else {
            bail!("it must have one table and one memory");
        };
        Ok(Program {
            bytes,
            types,
            functions,
            imported: u32::try_from(imported)?,
            slots,
            table: *table,
            memory: *memory,
            memory_export: memory_export(&exports)?,
            pieces,
        })
    }

    /// Each function with its number.
    pub(super) fn numbered(&self) -> impl Iterator<Item = (u32, &Function<'a>)> {
        (0..).zip(&self.functions)
    }

    /// Those of a set that a function outside of it calls by name, in order.
    pub(super) fn called_from_outside(&self, set: &BTreeSet<u32>) -> BTreeSet<u32> {
        self.numbered()
            .filter(|(caller, _)| !set.contains(caller))
            .flat_map(|(_, function)| function.calls.intersection(set).copied())
            .collect()
    }
}

impl Function<'_> {
    fn new(kind: u32) -> Self {
        Function {
            kind,
            name: String::new(),
            body: None,
            calls: BTreeSet::new(),
            numbers: BTreeSet::new(),
            is_exported: false,
        }
    }
}

fn memory_export<'a>(exports: &[Export<'a>]) -> Result<&'a str> {
    let found = exports
        .iter()
        .find(|export| export.kind == ExternalKind::Memory);
    Ok(found.context("no memory is exported")?.name)
}

pub(super) fn in_table(kind: ElementKind, items: ElementItems) -> Result<Vec<(u32, u32)>> {
    let (ElementKind::Active { offset_expr, .. }, ElementItems::Functions(functions)) =
        (kind, items)
    else {
        bail!("the table is filled in a way of later editions");
    };
    let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
        bail!("a place in the table that is not a number");
    };
    let first = u32::try_from(value)?;
    (first..)
        .zip(functions)
        .map(|(slot, function)| Ok((slot, function?)))
        .collect()
}

/// `storefront[5f0c]::nav::go` is `storefront::nav::go` in any build.
fn without_hashes(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        text.push_str(before);
        match after.split_once(']') {
            Some((inside, after))
                if inside.len() > 8 && inside.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
            {
                rest = after;
            }
            _ => {
                text.push('[');
                rest = after;
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_taken_out_and_other_brackets_stay() {
        let name = "<[u8; 4] as storefront[c70d22b3990b0cc7]::ui::El>::press::<alloc[41d5246baede6c9e]::rc::Rc<[u8]>>";
        assert_eq!(
            without_hashes(name),
            "<[u8; 4] as storefront::ui::El>::press::<alloc::rc::Rc<[u8]>>"
        );
    }
}
