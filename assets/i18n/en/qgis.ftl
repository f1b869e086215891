qml-other = others
layers-save = Export edited layers (QGIS)
layers-save-what = Where the file goes. Its ending decides: .gpkg (one file with styles) or .geojson (one file a layer, its style beside it)
layers-save-hint = /path/plan.gpkg
layers-save-exists = This file exists already and stays as it is. Choose another name.
layers-saved = Layers exported
layers-saved-more = { $file } and { $n } more { $n ->
    [one] file
   *[other] files
} in the same folder
layers-save-failed = The layers could not be exported
layers-save-broken = Writing broke off. This is a fault of the program; the plan is unharmed.
