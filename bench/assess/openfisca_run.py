"""The same four measures of document 002 in OpenFisca, on the same file.

usage: openfisca_run.py FILE OUT float32|float64
Prints {"ms", "inputs_ms", "calculate_ms", "cpu_ms", "peak_mib", "version"}; OUT gets six int64 a row:
four amounts in fen, their sum, the city's part. A missing cell is OpenFisca's default: false, "missing", 0.
"""

import json
import resource
import sys
import time
from importlib.metadata import version

import numpy
import pyarrow
import pyarrow.parquet
from openfisca_core import entities, periods, simulations, taxbenefitsystems, variables
from openfisca_core.variables import config

PERIOD = periods.period("2025")
organisation = entities.Entity("organisation", "organisations", "An organisation", "")

TEXTS = {
    "kind": "kind", "place": "org.registration.place", "filing": "model.filed.kind", "filing_status": "model.filed.status",
    "model_place": "cost.model_construction.place", "scene_measure": "scenario.selected.measure", "scene_year": "scenario.selected.year",
    "field": "cost.scenario_investment.field", "level": "platform.certified.level", "hub_measure": "platform.selected.measure",
    "hub_year": "platform.selected.year", "hub_place": "cost.platform_investment.place", "exchange": "data.purchased.exchange",
    "use": "data.purchased.use", "paid_measure": "support.paid.measure",
}
BOOLS = {"legal_person": "org.registration.legal_person", "sound": "org.finance_system.sound", "good": "org.credit.good",
         "related": "data.purchased.related"}
MONEY = {"model_cost": "cost.model_construction.quantity", "scene_cost": "cost.scenario_investment.quantity",
         "hub_cost": "cost.platform_investment.quantity", "purchases": "data.purchased.quantity", "paid": "support.paid.quantity"}

# Codes of the texts that formulas test; every other text is 1, a missing one 0.
CODES = {t: i + 2 for i, t in enumerate([
    "enterprise", "university", "institute", "public", "guian", "520100", "520102", "520103", "520111", "520112", "520113", "520115",
    "520181", "deep_synthesis_algorithm", "passed", "002-3", "2025", "manufacturing", "finance", "transport", "health", "education",
    "commerce", "culture_tourism", "city", "province", "nation", "002-4", "guiyang", "training", "002-6"])}
HERE = [CODES[p] for p in ("guian", "520100", "520102", "520103", "520111", "520112", "520113", "520115", "520181")]
FIELDS = [CODES[f] for f in ("manufacturing", "finance", "transport", "health", "education", "commerce", "culture_tourism")]
LEVELS = [CODES[v] for v in ("city", "province", "nation")]


def among(codes, values):
    table = numpy.zeros(len(CODES) + 2, dtype=bool)
    table[values] = True
    return table[codes]


def inputs():
    for name, kind in [(n, int) for n in TEXTS] + [(n, bool) for n in BOOLS] + [(n, float) for n in MONEY] + [("related_known", bool)]:
        yield type(name, (variables.Variable,), {"value_type": kind, "entity": organisation, "definition_period": periods.DateUnit.YEAR})


def formula(name, compute, kind=float):
    return type(name, (variables.Variable,), {"value_type": kind, "entity": organisation, "definition_period": periods.DateUnit.YEAR,
                                              "formula": compute})


def gate(o, p):
    enterprise = among(o("place", p), HERE) & o("legal_person", p) & o("sound", p) & o("good", p)
    return numpy.where(o("kind", p) == CODES["enterprise"], enterprise, True)


def pay(base, rate, cap, paid):
    return numpy.maximum(numpy.minimum(numpy.floor(base * rate), cap) - paid, 0)


def training(o, p):
    ok = among(o("kind", p), [CODES["enterprise"], CODES["university"], CODES["institute"]]) & o("gate", p)
    ok &= (o("filing", p) == CODES["deep_synthesis_algorithm"]) & (o("filing_status", p) == CODES["passed"]) & among(o("model_place", p), HERE)
    return ok * pay(o("model_cost", p), 0.3, 500_000_000, o("paid", p))


def scene(o, p):
    ok = (o("kind", p) != 0) & o("gate", p) & (o("scene_measure", p) == CODES["002-3"]) & (o("scene_year", p) == CODES["2025"]) & among(o("field", p), FIELDS)
    return ok * pay(o("scene_cost", p), 0.2, 100_000_000, o("paid", p))


def hub(o, p):
    ok = (o("kind", p) == CODES["enterprise"]) & o("gate", p) & among(o("level", p), LEVELS) & (o("hub_measure", p) == CODES["002-4"])
    ok &= (o("hub_year", p) == CODES["2025"]) & among(o("hub_place", p), HERE)
    return ok * pay(o("hub_cost", p), 0.1, 100_000_000, o("paid", p))


def bought(o, p):
    ok = (o("kind", p) == CODES["enterprise"]) & o("gate", p) & (o("exchange", p) == CODES["guiyang"]) & (o("use", p) == CODES["training"])
    ok &= o("related_known", p) & ~o("related", p) & (o("purchases", p) > 500_000_000)
    ok &= (o("paid", p) == 0) | (o("paid_measure", p) != 0)
    paid = numpy.where(o("paid_measure", p) == CODES["002-6"], o("paid", p), 0)
    return ok * pay(o("purchases", p), 0.01, 50_000_000, paid)


def total(o, p):
    return o("training", p) + o("scene", p) + o("hub", p) + o("bought", p)


def city(o, p):
    return sum(numpy.floor(o(n, p) / 2) for n in ("training", "scene", "hub", "bought"))


RESULTS = ["training", "scene", "hub", "bought", "total", "city"]


def system():
    s = taxbenefitsystems.TaxBenefitSystem([organisation])
    for v in inputs():
        s.add_variable(v)
    s.add_variable(formula("gate", gate, bool))
    for compute in (training, scene, hub, bought, total, city):
        s.add_variable(formula(compute.__name__, compute))
    return s


def fen(column):
    """DECIMAL(18,2) to int64 fen without touching a float: the low words of the 128-bit values."""
    chunks = []
    for chunk in column.chunks:
        words = numpy.frombuffer(chunk.buffers()[1], dtype=numpy.int64)[2 * chunk.offset:2 * (chunk.offset + len(chunk)):2].copy()
        if chunk.null_count:
            words[~chunk.is_valid().to_numpy(zero_copy_only=False)] = 0
        chunks.append(words)
    return numpy.concatenate(chunks)


def codes(column):
    chunks = []
    for chunk in column.chunks:
        table = numpy.array([CODES.get(t, 1) for t in chunk.dictionary.to_pylist()] + [0], dtype=numpy.int32)
        places = chunk.indices.fill_null(len(table) - 1).to_numpy(zero_copy_only=False)
        chunks.append(table[places])
    return numpy.concatenate(chunks)


def main(path, out, precision):
    if precision == "float64":
        config.VALUE_TYPES[float]["dtype"] = numpy.float64
    laws = system()
    start, cpu = time.perf_counter(), time.process_time()
    columns = list(TEXTS.values()) + list(BOOLS.values()) + list(MONEY.values())
    table = pyarrow.parquet.read_table(path, columns=columns, read_dictionary=list(TEXTS.values()))
    count = table.num_rows
    simulation = simulations.SimulationBuilder().build_default_simulation(laws, count)
    for name, column in TEXTS.items():
        simulation.set_input(name, PERIOD, codes(table.column(column)))
    for name, column in BOOLS.items():
        simulation.set_input(name, PERIOD, table.column(column).fill_null(False).to_numpy())
    simulation.set_input("related_known", PERIOD, table.column(BOOLS["related"]).is_valid().to_numpy())
    for name, column in MONEY.items():
        simulation.set_input(name, PERIOD, fen(table.column(column)))
    loaded = time.perf_counter()
    answers = [simulation.calculate(name, PERIOD) for name in RESULTS]
    done, used = time.perf_counter(), time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    numpy.stack([numpy.rint(a.astype(numpy.float64)).astype(numpy.int64) for a in answers], axis=1).tofile(out)
    print(json.dumps({"ms": (done - start) * 1e3, "inputs_ms": (loaded - start) * 1e3, "calculate_ms": (done - loaded) * 1e3, "cpu_ms": used * 1e3,
                      "peak_mib": peak, "version": f"openfisca-core {version('openfisca-core')}, numpy {numpy.__version__}, pyarrow {pyarrow.__version__}"}))


if __name__ == "__main__":
    main(*sys.argv[1:])
