"""From words to scenarios: names looked up in the catalogs, options turned into settings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmfit_tui.cli.lookup import Lookup
from llmfit_tui.core.answers.limits import max_context
from llmfit_tui.core.answers.published import file_meant, published_quants
from llmfit_tui.core.answers.recommend import choices, recommended
from llmfit_tui.core.engines.engine import PLACE_THEMSELVES, Engine
from llmfit_tui.core.engines.formats import runs_format
from llmfit_tui.core.errors import BadValue
from llmfit_tui.core.estimate import Estimate, estimate
from llmfit_tui.core.hardware.machine import Machine
from llmfit_tui.core.models.model import Model
from llmfit_tui.core.models.repositories import RepositoryName, is_address, repository_name
from llmfit_tui.core.models.stored import quant_of
from llmfit_tui.core.names import find_quant
from llmfit_tui.core.placement.fit import fit_of
from llmfit_tui.core.quant import Quant
from llmfit_tui.core.scenario import DEFAULT_CONTEXT, Scenario, Settings, default_context
from llmfit_tui.core.speed.evidence import Evidence

if TYPE_CHECKING:
    pass

LEAST_CONTEXT = 256
_IMATRIX = {"imatrix": True, "no-imatrix": False}
"""Variants that are settings of their own."""


class Resolver(Lookup):
    """Makes scenarios of options, and estimates of scenarios."""

    def estimates(self, model: str | Model, options: Mapping[str, Any]) -> tuple[Estimate, ...]:
        """The estimates asked for: one, or one for each quantization. Raises LlmfitError."""
        found, name = self._meant(model, options), options.get("quant")
        machine, settings = self.setting(options, found)
        evidence = self.evidence(options)
        first = Scenario(found, self.catalog.quants[0], machine, settings)
        if found.published and name is not None and name.lower() != "all":
            name = None  # it chose the file, which is what is estimated
        own = quant_of(found, self.catalog.quants)
        if own is not None and (name is None or name.lower() == own.name.lower()):
            return (self._at(_as_made(replace(first, quant=own)), options),)
        if name is not None and name.lower() == "all":
            return self._all(first, own, options)
        if name is None:
            best = recommended(first, self.catalog.quants, evidence)
            if best is None:
                for quant in choices(self.catalog.quants, settings.engine)[:1]:
                    estimate(replace(first, quant=quant), evidence)  # says why
                raise BadValue(f"No size is known for {found.id}.")
            return (self._at(best.scenario, options),)
        return (self._at(replace(first, quant=find_quant(name, self.catalog.quants)), options),)

    def _meant(self, model: str | Model, options: Mapping[str, Any]) -> Model:
        """The model; of a repository the file of the quantization asked for, else of the recommended one."""
        if not isinstance(model, str) or not is_address(model):
            return self.model(model) if isinstance(model, str) else model
        name, quant = repository_name(model), options.get("quant")
        if quant is not None and quant.lower() != "all":
            return self.model(RepositoryName(name.id, quant).text)
        found = self.model(model)
        if quant is not None or name.quant is not None or found.file is None:
            return found
        scenario = Scenario(found, self.catalog.quants[0], *self.setting(options, found))
        best = file_meant(scenario, self.catalog.quants, self.evidence(options))
        if best is None or best.parts == found.file.paths:
            return found
        return self.model(RepositoryName(name.id, best.quant).text)

    def setting(self, options: Mapping[str, Any], model: Model | None = None) -> tuple[Machine, Settings]:
        """The machine and the settings of options, for one model or for any. Raises LlmfitError."""
        machine = self._machine_asked(options)
        return machine, self._settings(model, machine, options)

    def _machine_asked(self, options: Mapping[str, Any]) -> Machine:
        machine = self.machine(
            options.get("hardware"),
            options.get("vram"),
            options.get("ram"),
            options.get("margin"),
            options.get("gpu_limit"),
            options.get("backend"),
            options.get("ram_bandwidth"),
        )
        engine, link = options.get("engine", Engine.LLAMA_CPP), options.get("link")
        if engine is Engine.LLAMA_CPP and link is None and machine.nodes == 1:
            return machine
        from llmfit_tui.core.engines.machines import for_engine

        if engine is Engine.OLLAMA and options.get("margin") is not None:
            engine = Engine.LLAMA_CPP  # a margin of zero is one somebody asked for
        return for_engine(machine, engine, self.catalog.links, link)

    def _all(self, scenario: Scenario, own: Quant | None, options: Mapping[str, Any]) -> tuple[Estimate, ...]:
        """Every llama.cpp type that llama-quantize makes for this model; the file's own among them."""
        found: list[Estimate] = []
        why: BadValue | None = None
        engine = scenario.settings.engine
        quants = [quant for quant in self.catalog.quants if runs_format(engine, quant)]
        if scenario.model.published:
            quants = list(published_quants(scenario, quants))
        for quant in quants if own is None or own in quants else [own, *quants]:
            tried = replace(scenario, quant=quant)
            try:
                found.append(self._at(_as_made(tried) if quant is own else tried, options))
            except BadValue as problem:
                if engine in PLACE_THEMSELVES:
                    why = problem
        if not found and why is not None:
            raise why
        if not found:
            raise BadValue(f"No size is known for {scenario.model.id}.")
        return tuple(found)

    def _at(self, scenario: Scenario, options: Mapping[str, Any]) -> Estimate:
        """The estimate, at the most context that fits where that was asked for."""
        evidence = self.evidence(options)
        if options.get("context") == "max" or (
            options.get("context") == "fit" and scenario.settings.engine in PLACE_THEMSELVES
        ):
            least = scenario.with_settings(context=LEAST_CONTEXT, planned=True)
            most = max_context(estimate(least, evidence))
            scenario = scenario.with_settings(context=most or LEAST_CONTEXT)
        elif options.get("context") == "fit" and scenario.settings.engine is Engine.LLAMA_CPP:
            fitted = fit_of(scenario.with_settings(planned=True), free_context=True)
            scenario = scenario.with_settings(context=fitted.context)
        return estimate(scenario.with_settings(planned=True), evidence)

    def evidence(self, options: Mapping[str, Any]) -> Evidence:
        """What estimates are made with: --no-measured leaves out published measurements."""
        return self.catalog.fits_alone if options.get("no_measured") else self.catalog.evidence

    def _settings(self, model: Model | None, machine: Machine, options: Mapping[str, Any]) -> Settings:
        asked = options.get("context")
        usual = default_context(model) if model is not None else DEFAULT_CONTEXT
        plain = Settings()
        engine, batch, ubatch = options.get("engine", plain.engine), plain.batch, plain.ubatch
        if engine is Engine.OLLAMA:
            from llmfit_tui.core.engines import ollama

            most = ollama.default_context(machine)
            usual = min(most, (model.context_max if model else None) or most)
            batch = ubatch = ollama.default_batch(asked if isinstance(asked, int) else usual)
        context = asked if isinstance(asked, int) else usual
        both = options.get("kv_type")
        split = options.get("tensor_split", ())
        if split and not machine.gpus:
            raise BadValue(f"--tensor-split: {machine.name} has no GPU to share among.")
        if split and len(split) != len(machine.gpus):
            raise BadValue(f"--tensor-split: {len(machine.gpus)} shares were expected, not {len(split)}.")
        parallel = options.get("parallel", 1)
        if parallel > context:
            raise BadValue(f"--parallel: {context:,} tokens cannot be shared by {parallel} slots.")
        variant: str | None = options.get("variant")
        flash = {"on": True, "off": False}.get(options.get("flash_attention", "auto"))
        return Settings(
            context=context,
            parallel=parallel,
            unified_kv=options.get("unified_kv", False),
            batch=options.get("batch", batch),
            ubatch=options.get("ubatch", ubatch),
            swa_full=options.get("swa_full", False),
            kv_type_k=options.get("kv_type_k") or (both[0] if both else plain.kv_type_k),
            kv_type_v=options.get("kv_type_v") or (both[1] if both else plain.kv_type_v),
            flash_attention=flash,
            outputs_per_batch=options.get("outputs") == "all",
            imatrix=_IMATRIX[variant] if variant in _IMATRIX else options.get("imatrix"),
            gpu_layers=options.get("gpu_layers"),
            cpu_moe_layers=options.get("n_cpu_moe"),
            tensor_split=split,
            kv_offload=not options.get("no_kv_offload", False),
            op_offload=not options.get("no_op_offload", False),
            repack=not options.get("no_repack", False),
            by_bits=options.get("method") == "bits",
            variant=None if variant in _IMATRIX else variant,
            depth=options.get("depth", 0),
            prompt=options.get("prompt", plain.prompt),
            build=options.get("build", plain.build),
            engine=engine,
            tensor_parallel=options.get("tensor_parallel"),
            pipeline_parallel=options.get("pipeline_parallel"),
            gpu_memory_utilization=options.get("gpu_memory_utilization"),
            parts=self.parts(*(options.get(key, "") for key in ("mmproj", "lora", "model_draft"))),
        )


def _as_made(scenario: Scenario) -> Scenario:
    """A file's own quantization, with or without an importance matrix as the file says it was made."""
    file = scenario.model.file
    if file is None or scenario.settings.imatrix is not None:
        return scenario
    return scenario.with_settings(imatrix=file.imatrix)
