"""Figures about the structure of `bot` and `web`: `python -m tools.structure` prints them, a test limits them."""

import ast
import statistics
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "web")
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class SourceFile:
    """One Python file. `name` is its path in the repository, `module` its dotted name."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(ROOT).as_posix()
        self.module = self.name.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)

    @cached_property
    def definitions(self) -> Sequence[Definition]:
        """Every function, method and class, inner ones too; names with double underscores are Python's own."""
        found = (node for node in ast.walk(self.tree) if isinstance(node, Definition))
        return [node for node in found if not node.name.startswith("__")]

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method, those with double underscores too."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))

    @property
    def public_definitions(self) -> Iterator[Definition]:
        """Classes and functions that others may call: public names at the top level, and their public methods."""
        for node in self.tree.body:
            if isinstance(node, Definition) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef) and not _is_protocol_or_exception(node):
                    yield from _public_methods(node)

    def imports(self, modules: Mapping[str, "SourceFile"]) -> frozenset[str]:
        """Which of `modules` this file imports by name, itself left out."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names if alias.name in modules}
            elif isinstance(node, ast.ImportFrom) and node.module:
                inner = {f"{node.module}.{alias.name}" for alias in node.names} & modules.keys()
                found |= inner or ({node.module} & modules.keys())
        return frozenset(found - {self.module})


@cache
def read_sources() -> Sequence[SourceFile]:
    """Every Python file of the packages."""
    paths = (path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")))
    return [SourceFile(path) for path in paths if "node_modules" not in path.parts]


def mean_name_length(sources: Sequence[SourceFile]) -> float:
    """Mean length, in letters, of the names of functions, methods and classes, each definition counted once.

    Underscores at either end do not count.
    """
    return statistics.mean(len(node.name.strip("_")) for source in sources for node in source.definitions)


def fan_out(sources: Sequence[SourceFile]) -> Mapping[str, int]:
    """How many of our own modules each file imports."""
    modules = {source.module: source for source in sources}
    return {source.name: len(source.imports(modules)) for source in sources}


def import_cycles(sources: Sequence[SourceFile]) -> Sequence[Sequence[str]]:
    """Groups of modules that import each other, directly or by way of others."""
    modules = {source.module: source for source in sources}
    graph = {name: source.imports(modules) for name, source in modules.items()}
    reach = {name: _reachable(name, graph) for name in graph}
    cycles = {tuple(sorted(other for other in reach[name] if name in reach[other])) for name in graph}
    return sorted(cycle for cycle in cycles if cycle)


def file_lengths(sources: Sequence[SourceFile]) -> Mapping[str, int]:
    """Lines of each file."""
    return {source.name: len(source.text.splitlines()) for source in sources}


def function_lengths(sources: Sequence[SourceFile]) -> Mapping[str, int]:
    """Lines of each function, from `def` to its end."""
    return {
        f"{source.name}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for source in sources
        for node in source.functions
    }


def docstring_share(sources: Sequence[SourceFile]) -> float:
    """The share of public classes, functions and methods that have a docstring."""
    has = [ast.get_docstring(node) is not None for source in sources for node in source.public_definitions]
    return sum(has) / len(has)


def assigned_names(module: str) -> Sequence[str]:
    """The names that a module of ours assigns at its top level."""
    source = next(each for each in read_sources() if each.module == module)
    targets = (
        target
        for node in source.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    )
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def _is_protocol_or_exception(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith(("Protocol", "Exception", "Error")) for base in node.bases)


def _public_methods(node: ast.ClassDef) -> Iterator[Definition]:
    return (child for child in node.body if isinstance(child, Definition) and not child.name.startswith("_"))


def _reachable(start: str, graph: Mapping[str, frozenset[str]]) -> frozenset[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph[name]
    return frozenset(seen)


def figures() -> Mapping[str, str]:
    """Every figure with its value, ready to print."""
    sources = read_sources()
    lengths, functions, imports = file_lengths(sources), function_lengths(sources), fan_out(sources)
    widest = sorted(imports.items(), key=lambda item: -item[1])[:12]
    return {
        "mean length of names of functions and classes": f"{mean_name_length(sources):.2f}",
        "largest fan-out": ", ".join(f"{name} {count}" for name, count in widest),
        "import cycles": str(len(import_cycles(sources))),
        "file lines, median and most": f"{statistics.median(lengths.values()):.0f}, {max(lengths.values())}",
        "function lines, median and most": f"{statistics.median(functions.values()):.0f}, {max(functions.values())}",
        "public definitions with docstring": f"{docstring_share(sources):.1%}",
    }


if __name__ == "__main__":
    for figure, value in figures().items():
        print(f"{figure}: {value}")
