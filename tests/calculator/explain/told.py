"""What the tests of the explanation share: running a program, and looking into what is told."""

from app.calculator import derive
from app.protocol.explanation import Formula, Graph, GraphEdge, GraphNode
from app.protocol.gradients import Derivation
from app.protocol.topics import TOPICS

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
LINES = HEAD.count("\n")
"""Lines before the first of a program run by `told`."""
LARGEST = 400_000
"""Characters of a reply."""


def told(program: str, curves: bool = False) -> Derivation:
    """Derive a program (after the imports), and make sure that it was explained."""
    derivation = derive(HEAD + program, curves=curves)
    assert derivation.graph is not None, "the explanation was given up"
    Derivation.model_validate_json(derivation.model_dump_json(), strict=True)
    return derivation


def graph(program: str) -> Graph:
    """The graph of a program that runs without an error."""
    derivation = told(program)
    assert derivation.error is None, derivation.error
    assert derivation.graph is not None
    return derivation.graph


def node(graph: Graph, name: str) -> GraphNode:
    """The node of that name, or of that label if it is the only one."""
    found = [node for node in graph.nodes if node.name == name]
    found = found or [node for node in graph.nodes if node.label == name]
    assert len(found) == 1, [(node.name, node.label) for node in graph.nodes]
    return found[0]


def edges(graph: Graph, source: str, target: str) -> list[GraphEdge]:
    """The edges between two nodes."""
    ends = node(graph, source).id, node(graph, target).id
    return [edge for edge in graph.edges if (edge.source, edge.target) == ends]


def plain(formula: Formula | None) -> str:
    """A formula in one line."""
    assert formula is not None
    if formula.tag == "mfrac":
        return f"{plain(formula.children[0])}/{plain(formula.children[1])}"
    return formula.text + "".join(map(plain, formula.children))


def parts(formula: Formula | None) -> list[Formula]:
    if formula is None:
        return []
    return [formula, *(part for child in formula.children for part in parts(child))]


def assert_of_one_piece(derivation: Derivation) -> None:
    """It can be sent, and everything it names is there."""
    text = derivation.model_dump_json()
    Derivation.model_validate_json(text, strict=True)
    assert len(text) < LARGEST
    graph = derivation.graph
    assert graph is not None
    nodes, edges = {node.id for node in graph.nodes}, {edge.id for edge in graph.edges}
    assert (len(nodes), len(edges)) == (len(graph.nodes), len(graph.edges))
    assert {end for edge in graph.edges for end in (edge.source, edge.target)} <= nodes
    for chain in derivation.chain:
        assert {chain.output, chain.leaf} <= nodes
        assert {edge for path in chain.paths for edge in path.edges} <= edges
        assert {part.edge for part in parts(chain.formula)} - {None} <= edges
    assert {end for found in derivation.jacobians for end in (found.output, found.leaf)} <= nodes
    assert {nudge.node for nudge in derivation.nudge} <= nodes
    assert {nudge.topic for nudge in derivation.nudge} - {None} <= TOPICS.keys()
    assert {step.node for step in derivation.steps} - {None} <= nodes
    assert {made for step in derivation.steps for made in step.made} <= nodes
    symbols = [node.symbol for node in graph.nodes if node.kind not in ("constant", "folded")]
    assert len(set(symbols)) == len(symbols)
