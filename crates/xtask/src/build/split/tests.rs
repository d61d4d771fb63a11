//! The cut of a small program.

use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    Instruction, MemorySection, MemoryType, Module, NameMap, NameSection, RefType, TableSection,
    TableType, TypeSection, ValType,
};
use wasmparser::{Operator, Parser, Payload, TypeRef, Validator, WasmFeatures};

use super::{Parts, name, program::Program, split};

const START: u32 = 1;
const DOOR: u32 = 2;
const ORDERS: u32 = 3;
const SHARED: u32 = 6;
const BUY: u32 = 7;
/// The table's slots before the cut.
const SLOTS: u32 = 3;

/// What a function is called, the functions that it calls, its numbers, and whether it moves the stack.
type Described = (&'static str, &'static [u32], &'static [i32], bool);

/// The script's one function comes before them.
const FUNCTIONS: [Described; 8] = [
    (
        "storefront[0123456789abcdef]::app::start",
        &[DOOR, BUY, SHARED, 0],
        &[OF_FIRST, OF_BOTH, END_ONLY_OF_FIRST],
        false,
    ),
    (
        "storefront[0123456789abcdef]::door::screen",
        &[ORDERS, 5],
        &[],
        false,
    ),
    (
        "storefront[0123456789abcdef]::pages::orders::orders",
        &[SHARED, 0],
        &[OF_BOTH, TABLE_OF_SECOND, READ_UP_TO_ITS_END],
        true,
    ),
    (
        "storefront[0123456789abcdef]::pages::recharge::recharge",
        &[],
        &[],
        false,
    ),
    ("alloc[0123456789abcdef]::only_for_orders", &[], &[], false),
    ("core[0123456789abcdef]::shared", &[], &[], false),
    (
        "storefront[0123456789abcdef]::door::buy",
        &[SHARED],
        &[],
        false,
    ),
    (
        "<wasm_streams[0123456789abcdef]::Source>::pull",
        &[],
        &[OF_NONE],
        false,
    ),
];

const OF_FIRST: i32 = 1024;
const OF_BOTH: i32 = 1028;
const TABLE_OF_SECOND: i32 = 1032;
const NAMED_IN_THE_TABLE: i32 = 1040;
const READ_UP_TO_ITS_END: i32 = 1048;
const END_ONLY_OF_FIRST: i32 = 1052;
const OF_NONE: i32 = 1056;
const UNTOLD: i32 = 1060;

/// What the memory begins with, and where.
const PIECES: [(i32, &[u8]); 8] = [
    (OF_FIRST, b"ours"),
    (OF_BOTH, b"both"),
    // Two addresses; what is at the second has an odd length.
    (TABLE_OF_SECOND, &[8, 4, 0, 0, 16, 4, 0, 0]),
    (NAMED_IN_THE_TABLE, b"later"),
    (READ_UP_TO_ITS_END, b"loop"),
    (END_ONLY_OF_FIRST, b"next"),
    (OF_NONE, b"dead"),
    (UNTOLD, b"what"),
];

#[test]
fn both_parts_are_modules_of_the_first_edition() {
    let Parts { first, second, .. } = split(&program(&FUNCTIONS, true)).unwrap();
    for part in [&first, &second] {
        let features = WasmFeatures::WASM1;
        Validator::new_with_features(features)
            .validate_all(part)
            .unwrap();
    }
}

#[test]
fn the_second_part_takes_what_only_it_runs_and_fills_its_slots() {
    let bytes = program(&FUNCTIONS, true);
    let Parts { first, second, .. } = split(&bytes).unwrap();
    let first = Program::read(&first).unwrap();
    assert_eq!(first.table.initial, u64::from(SLOTS) + 2, "two doors");
    assert_eq!(
        [DOOR, BUY].map(|door| slot_of(&first, door)),
        [SLOTS, SLOTS + 1]
    );
    assert_eq!(asked_for(&second), {
        let stack = u32::try_from(FUNCTIONS.len()).unwrap() + 1;
        let functions = [0, SHARED, stack, stack + 1].map(name);
        Vec::from_iter(
            ["table", "memory"]
                .map(str::to_owned)
                .into_iter()
                .chain(functions),
        )
    });
    // Four functions are the first part's; then come the door, the orders' screen, what only it calls, the other door.
    let (bodies, slots) = defined(&second);
    assert_eq!(bodies, 4);
    assert_eq!(slots, [(1, 5), (SLOTS, 4), (SLOTS + 1, 7)]);
}

#[test]
fn each_part_brings_the_data_that_only_it_reads() {
    let Parts { first, second, .. } = split(&program(&FUNCTIONS, true)).unwrap();
    let table = [8, 4, 0, 0, 16, 4, 0, 0];
    assert_eq!(
        data(&first),
        [(OF_FIRST, {
            let (table, later) = ([0; 8], [0; 8]);
            let (loop_and_next, none) = (b"loopnext", [0; 4]);
            [
                &b"oursboth"[..],
                &table,
                &later,
                loop_and_next,
                &none,
                b"what",
            ]
            .concat()
        })]
    );
    assert_eq!(
        data(&second),
        [(TABLE_OF_SECOND, [&table[..], b"later"].concat())]
    );
}

#[test]
fn what_the_first_screen_runs_of_the_second_part_is_told_by_name() {
    let mut functions = FUNCTIONS;
    functions[0].1 = &[DOOR, ORDERS];
    let told = split(&program(&functions, true)).err().unwrap().to_string();
    assert!(
        told.contains("storefront::pages::orders::orders\n    is called by storefront::app::start"),
        "{told}"
    );
}

#[test]
fn a_program_without_names_is_refused() {
    let told = split(&program(&FUNCTIONS, false))
        .err()
        .unwrap()
        .to_string();
    assert!(told.contains("names"), "{told}");
}

fn program(functions: &[Described], named: bool) -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut imports = ImportSection::new();
    imports.import("script", "draw", EntityType::Function(0));
    let mut kinds = FunctionSection::new();
    let mut code = CodeSection::new();
    let mut names = NameMap::new();
    for (number, (name, calls, numbers, moves_stack)) in (1..).zip(functions) {
        kinds.function(0);
        let mut body = Function::new([]);
        for called in *calls {
            body.instruction(&Instruction::Call(*called));
        }
        for number in *numbers {
            body.instruction(&Instruction::I32Const(*number));
            body.instruction(&Instruction::Drop);
        }
        if *moves_stack {
            body.instruction(&Instruction::GlobalGet(0));
            body.instruction(&Instruction::GlobalSet(0));
        }
        body.instruction(&Instruction::End);
        code.function(&body);
        names.append(number, name);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: SLOTS.into(),
        maximum: Some(SLOTS.into()),
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let stack = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    globals.global(stack, &ConstExpr::i32_const(1024));
    let mut exports = ExportSection::new();
    exports
        .export("memory", ExportKind::Memory, 0)
        .export("start", ExportKind::Func, START);
    let mut elements = ElementSection::new();
    elements.active(
        None,
        &ConstExpr::i32_const(1),
        Elements::Functions(vec![ORDERS, ORDERS + 1].into()),
    );
    let mut data = DataSection::new();
    for (at, bytes) in PIECES {
        data.active(0, &ConstExpr::i32_const(at), bytes.iter().copied());
    }
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&kinds)
        .section(&tables)
        .section(&memories)
        .section(&globals)
        .section(&exports)
        .section(&elements)
        .section(&code)
        .section(&data);
    if named {
        let mut section = NameSection::new();
        section.functions(&names);
        module.section(&section);
    }
    module.finish()
}

/// The names of what a part takes from the first, in order.
fn asked_for(part: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(part) {
        if let Payload::ImportSection(section) = payload.unwrap() {
            for import in section.into_imports() {
                let import = import.unwrap();
                assert_eq!(import.module, super::FIRST);
                assert!(
                    !matches!(import.ty, TypeRef::Global(_)),
                    "the oldest engines lack shared variables"
                );
                names.push(import.name.to_owned());
            }
        }
    }
    names
}

/// How many functions a part brings, and what it puts into which slots.
fn defined(part: &[u8]) -> (u32, Vec<(u32, u32)>) {
    let (mut bodies, mut slots) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(part) {
        match payload.unwrap() {
            Payload::FunctionSection(section) => bodies = section.count(),
            Payload::ElementSection(section) => {
                for element in section {
                    let element = element.unwrap();
                    slots.extend(super::program::in_table(element.kind, element.items).unwrap());
                }
            }
            _ => {}
        }
    }
    (bodies, slots)
}

/// What a part puts into the memory, and where.
fn data(part: &[u8]) -> Vec<(i32, Vec<u8>)> {
    let mut pieces = Vec::new();
    for payload in Parser::new(0).parse_all(part) {
        if let Payload::DataSection(section) = payload.unwrap() {
            for data in section {
                let piece = super::data::piece(data.unwrap()).unwrap();
                pieces.push((piece.at.cast_signed(), piece.bytes.to_vec()));
            }
        }
    }
    pieces
}

/// The slot through which what is left of a door calls.
fn slot_of(first: &Program, door: u32) -> u32 {
    let body = first.functions[door as usize].body.as_ref().unwrap();
    let steps: Vec<Operator> = body
        .get_operators_reader()
        .unwrap()
        .into_iter()
        .map(Result::unwrap)
        .collect();
    let [
        Operator::I32Const { value },
        Operator::CallIndirect { .. },
        Operator::End,
    ] = steps[..]
    else {
        panic!("{steps:?}");
    };
    u32::try_from(value).unwrap()
}
