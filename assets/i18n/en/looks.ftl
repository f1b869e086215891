looks-conflict-only-there = Only in "{ $name }": this conflict is resolved in the plan that is shown.
looks-only-there = only here: { $name }
looks-nothing = no change in the conflicts
looks-unnamed = { $layer } · new { $mark }
looks-origin-drawn = Drawn in the variant “{ $plan }” ({ $author }); the figures are its own.
looks-origin-changed = Changed in the variant “{ $plan }” ({ $author }); in the existing conditions from:
