"""Keys that place the model by hand: layers on the GPU, experts on the host, and back to automatic."""

from llmfit_tui.screens.explorer_base import ExplorerBase


class PlacementActions(ExplorerBase):
    """The first press starts from the placement shown; the bars and the speed follow every press."""

    def action_gpu_layers(self, direction: int) -> None:
        """One layer more or fewer on the GPU."""
        found = self.settled()
        if self.scenario is None or found is None:
            return
        if not self.scenario.machine.gpus:
            self.say("there is no GPU here to put layers on")
            return
        placed, asked = found.placement, self.scenario.settings
        now = placed.gpu_layers if asked.gpu_layers is None else min(asked.gpu_layers, placed.layers_total)
        layers = min(max(now + direction, 0), placed.layers_total)
        self.change_settings(gpu_layers=layers, cpu_moe_layers=placed.cpu_moe_layers)
        self.say(f"{layers} of {placed.layers_total} layers on the GPU, by hand; z: automatic")

    def action_cpu_moe(self, direction: int) -> None:
        """The experts of one block more or fewer on the host."""
        found = self.settled()
        if self.scenario is None or found is None:
            return
        placed, arch = found.placement, found.arch
        if not arch.expert_layers or not self.scenario.machine.gpus:
            self.say("only a mixture of experts beside a GPU can keep its experts on the host")
            return
        first = arch.layers - arch.expert_layers
        now = max(placed.cpu_moe_layers, first if direction > 0 else 0)
        blocks = min(max(now + direction, 0), arch.layers)
        if blocks <= first:
            blocks = 0
        layers = self.scenario.settings.gpu_layers
        self.change_settings(
            cpu_moe_layers=blocks, gpu_layers=placed.gpu_layers if layers is None else layers
        )
        held = max(blocks - first, 0)
        self.say(f"experts of {held} of {arch.expert_layers} layers on the host, by hand; z: automatic")

    def action_auto_placement(self) -> None:
        """The placement chosen again."""
        self.change_settings(gpu_layers=None, cpu_moe_layers=None)
        self.say("the placement is chosen again: the fastest that fits")
