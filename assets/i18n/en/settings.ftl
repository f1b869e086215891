# Steps of a variant beside drawing: weights, colours, hiding.
settings-step-hide = Hidden: { $what }
settings-step-show = Shown again: { $what }
settings-step-opacity = Opacity: { $what }
settings-step-colour = Colour: { $what }
settings-step-weight = Weight { $name } ({ $use }): { $from } → { $to }
settings-step-weights = Weights { $use }: { $n } changed
settings-default = default
settings-step-import = From a file: { $what }
settings-hide = Hide
settings-show = Show again
settings-show-all = Show all
settings-hidden = Hidden ({ $n })
settings-hidden-why = Not to be seen, but counted everywhere; to take it away, demolish it.
