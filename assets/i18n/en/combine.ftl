combine-title = Make a layer of layers
combine-operation = Operation
combine-layers = Layers
combine-distance = Distance
combine-preview = Preview
combine-name = Name
combine-save = Keep in the project
combine-cancel = Cancel
combine-add = Another layer
combine-remove = Remove layer
combine-choose = choose a layer
combine-working = is being worked out …
combine-incomplete = Choose the layers and fill in what is missing.
combine-merge = Merge areas that touch (their attributes are lost)
combine-undeclared = What the layers cover is not declared: where nothing lies is an assumption.
combine-error = The layer cannot be kept
combine-what-intersection = What of the first layer lies in all others.
combine-what-difference = What of the first layer lies in none of the others, as far as their data reach.
combine-what-union = What lies in any of the layers.
combine-what-buffer = What lies within a distance of the layer; a negative distance shrinks areas.
combine-what-filter = Features of the layer for which the filter is true.
combine-distance-hint = negative shrinks areas
combine-name-hint = such as Quiet sites
combine-filter-hint = filter (CQL2), such as lden_db >= 65
combine-replaces = { $id } exists and will be replaced
combine-no-attribute = There is no attribute “{ $name }”. There are: { $has }.
combine-passes = { $n } of { $all } features pass.
combine-features = { $n ->
    [one] One feature
   *[other] { $n } features
}
