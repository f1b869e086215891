# Bringing files in, the import report and unsaved reviews. Every key is in de/import.ftl, too.

## Opening
open-file = Add a file
open-file-what = Geodata file to take into the project:
open-file-hint = e.g. /data/kitas.gpkg
add-file = Add a file …
add-file-path = Enter the file's path …
keys-add = Ctrl+I
mouse-right-click = Right click
pick-list = List everything under the pointer
pick-title = At this spot
pick-nothing = Nothing visible lies here.
pick-why = Why here?

## Assistant
import-title = Add a file
import-target = Target layer
import-target-none = Only show
import-target-none-why = The file is shown while the project is open. No rule takes it into account.
import-kind-points = points
import-kind-lines = lines
import-kind-areas = areas
import-kind-grid = grid
import-kind-unreadable = cannot be read
import-crs-none = not given
import-crs-declared = as in the file: { $crs }
import-crs-other = other EPSG
import-crs-missing = The file names no coordinate system. Suggested is the one that puts the data into the project's area; please check on the map.
import-crs-impossible = What the file says ({ $crs }) does not suit its coordinates. Suggested is the system that puts the data into the project's area; please check on the map.
import-extent = Coordinates
import-cells = Cells
import-count-of = { $loaded } of { $expected }
import-layers-left-out = { $n } more layers of the file were not looked at.
import-place-inside = entirely in the project's area
import-place-partly = { $inside } of { $of } in the project's area
import-place-apart = { $distance } away from the project's area
import-place-nowhere = nowhere
import-fields = Attributes
import-required = * required by the target layer
import-mapping = Mapped by “{ $name }”: selection and attributes are settled for this source.
import-field-none = – none –
import-field-fixed = fixed value
import-field-fixed-hint = value
import-field-cases = by conditions
import-field-measured = measured
import-field-missing = missing
import-field-unknown = { $n } unknown
import-field-misfits = { $n } not in the list
import-values = Map the values
import-values-many = Too many different values to map by hand.
import-origin = Origin
import-source-hint = publisher, e.g. youth welfare office
import-licence-hint = e.g. dl-de/by-2-0
import-date = As of
import-date-hint = YYYY-MM-DD
import-filter = Selection
import-filter-hint = CQL2, e.g. kind = 'daycare'
import-complete = Complete in the area of interest
import-complete-why = Where nothing lies, there is nothing: rules may answer “no conflict” there instead of “unknown”.
import-unofficial = Not official
import-replace = Replace the present sources of “{ $layer }”
import-replace-why = The layer's present entries are taken out of project.toml; their files stay in the folder.
import-bind = Add
import-show = Show
import-bind-keys = Ctrl+Enter
import-busy = Opening the project with the new source …
import-trying = Working out the result …
import-sum = { $n } features
import-sum-fields = { $filled } of { $of } attributes filled
import-sum-dropped = { $n } left out
import-done = File added
import-done-text = “{ $file }” is entered in project.toml; the rules have been worked out anew.
import-done-copied = The file now lies in the project folder as “{ $file }” and is entered in project.toml; the rules have been worked out anew.
import-replaced = Replaced
import-replaced-count = { $n ->
    [one] 1 present source
   *[other] { $n } present sources
}

## Report
import-report = Report …
import-report-why = Save the import report: what was loaded, repaired and left out
import-report-save = Save the import report
import-report-what = Target file. The ending .json gives the report for programs, any other a table (CSV):
import-report-hint = e.g. /data/import-report.csv
import-report-file = import-report.csv
import-report-exists = This file exists; it will be replaced.
import-report-no-folder = There is no such folder.
import-report-saved = Import report saved
import-report-failed = The import report was not saved

## Closing
close-title = Not saved yet
close-text = Reviews of conflicts, steps of the plan or weights of groups are not saved yet. Shall they be saved in the project?
close-discard = Discard

## New project
found-menu = New project …
found-title = New project
found-what = The files of a city become a project with all modules. The files are copied into the project's folder.
found-folder = Folder
found-folder-hint = new or empty folder, e.g. /data/my-city
found-folder-full = This folder is not empty; nothing is overwritten.
found-site = Place
found-site-hint = longitude, latitude in degrees
found-site-wrong = Two numbers in degrees are meant, the longitude first: 11.58, 49.94
found-name = Title
found-name-hint = else the nearest place in the data
found-radius = Radius
found-crs-hint = else the UTM zone of the place
found-state = Federal state
found-state-none = by the data
found-files = Files
found-kind-osm = OpenStreetMap
found-kind-lod2 = 3D buildings (CityGML)
found-kind-dem = Terrain (DEM)
found-kind-xplan = Development plan (XPlanung)
found-kind-alkis = ALKIS cadastre (NAS)
found-kind-table = Table
found-file-hint = path of a file
found-file-add = Add
found-file-remove = Remove the file
found-drop = Files can also be dropped onto the window.
found-assumptions = Assumptions
found-stand-ins = Use land use as a stand-in for building areas and potential sites (marked as an assumption)
found-noise = Compute road noise from assumed traffic (a model, not an official noise map)
found-go = Create
found-done = Project created
found-done-text = The project lies in { $folder } and is being opened. Layers that are filled:
found-failed = The project was not created
keys-new = Ctrl+N
keys-quit = Ctrl+Q
close-window = Close the window
keys-add-path = Ctrl+Shift+I
found-lacks = Still missing: { $input }
import-sum-cells = { $n } cells
found-browse = Browse …
found-lack-folder = A folder is still missing.
found-lack-site = The place is still missing: longitude and latitude in degrees.
found-folder-nowhere = The folder above it does not exist; please make it first.
found-crs-wrong = Please give an EPSG code, such as 25832.
