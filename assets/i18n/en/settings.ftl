# Steps of a variant beside drawing: weights, colours, hiding.
settings-step-hide = Hidden: { $what }
settings-step-show = Shown again: { $what }
settings-step-opacity = Opacity: { $what }
settings-step-colour = Colour: { $what }
settings-step-weight = Weight { $name } ({ $use }): { $from } → { $to }
settings-step-weights = Weights { $use }: { $n } changed
settings-default = default
