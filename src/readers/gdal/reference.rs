//! A spatial reference as text: `EPSG:n` where it is one, else WKT2. Heights are left out.

use std::{
    ffi::{CStr, c_char},
    ptr,
};

fn text(p: *const c_char) -> Option<String> {
    if p.is_null() {
        return None;
    }
    // SAFETY: GDAL returns null or a C string that lives at least until the next call on the object.
    Some(unsafe { CStr::from_ptr(p) }.to_string_lossy().into_owned())
}

/// Frees a reference on every way out.
struct Owned(gdal_sys::OGRSpatialReferenceH);

impl Drop for Owned {
    fn drop(&mut self) {
        // SAFETY: the handle was cloned below and is released once.
        unsafe { gdal_sys::OSRRelease(self.0) };
    }
}

/// The text of a borrowed reference; `None` when there is none or when it is a local drawing system.
pub(super) fn crs_text(handle: gdal_sys::OGRSpatialReferenceH) -> Option<String> {
    if handle.is_null() {
        return None;
    }
    // SAFETY: the handle is valid (borrowed from a layer or dataset that the caller holds); every pointer is checked.
    unsafe {
        let srs = Owned(gdal_sys::OSRClone(handle));
        if srs.0.is_null() {
            return None;
        }
        if gdal_sys::OSRIsCompound(srs.0) != 0 {
            gdal_sys::OSRStripVertical(srs.0);
        }
        let local = gdal_sys::OSRIsLocal(srs.0) != 0;
        let projected = gdal_sys::OSRIsProjected(srs.0) != 0;
        if local || !(projected || gdal_sys::OSRIsGeographic(srs.0) != 0) {
            return None;
        }
        epsg(srs.0).or_else(|| best_match(srs.0)).or_else(|| wkt(srs.0))
    }
}

/// The horizontal part of a code that stands for position and height together; other codes as they are.
pub(in crate::readers) fn horizontal(code: u32) -> String {
    let own = || format!("EPSG:{code}");
    let Ok(number) = i32::try_from(code) else { return own() };
    super::init::init();
    let _quiet = super::messages::Collector::new();
    // SAFETY: a fresh reference, checked and released once.
    unsafe {
        let srs = Owned(gdal_sys::OSRNewSpatialReference(ptr::null()));
        if srs.0.is_null() || gdal_sys::OSRImportFromEPSG(srs.0, number) != gdal_sys::OGRErr::OGRERR_NONE {
            return own();
        }
        if gdal_sys::OSRIsCompound(srs.0) == 0 {
            return own();
        }
        crs_text(srs.0).filter(|t| t.starts_with("EPSG:")).unwrap_or_else(own)
    }
}

/// The code the reference names itself.
unsafe fn epsg(srs: gdal_sys::OGRSpatialReferenceH) -> Option<String> {
    // SAFETY: see `crs_text`.
    let (name, code) = unsafe {
        (
            text(gdal_sys::OSRGetAuthorityName(srs, ptr::null())),
            text(gdal_sys::OSRGetAuthorityCode(srs, ptr::null())),
        )
    };
    (name? == "EPSG").then_some(format!("EPSG:{}", code?))
}

/// The code of the reference in PROJ's database that is surely the same (Esri's .prj files carry no code).
unsafe fn best_match(srs: gdal_sys::OGRSpatialReferenceH) -> Option<String> {
    // SAFETY: see `crs_text`; both arrays are freed by their own functions.
    unsafe {
        let (mut n, mut confidence) = (0, ptr::null_mut());
        let list = gdal_sys::OSRFindMatches(srs, ptr::null_mut(), &mut n, &mut confidence);
        if list.is_null() {
            return None;
        }
        let mut found = None;
        for i in 0..usize::try_from(n).unwrap_or(0) {
            if *confidence.add(i) >= 90 && found.is_none() {
                found = epsg(*list.add(i));
            }
        }
        gdal_sys::OSRFreeSRSArray(list);
        gdal_sys::VSIFree(confidence.cast());
        found
    }
}

unsafe fn wkt(srs: gdal_sys::OGRSpatialReferenceH) -> Option<String> {
    // SAFETY: see `crs_text`; the options end with a null pointer and the text is freed.
    unsafe {
        let mut options = [c"FORMAT=WKT2_2019".as_ptr(), ptr::null()];
        let mut out = ptr::null_mut();
        gdal_sys::OSRExportToWktEx(srs, &mut out, options.as_mut_ptr());
        let wkt = text(out).filter(|t| !t.is_empty());
        if !out.is_null() {
            gdal_sys::VSIFree(out.cast());
        }
        wkt
    }
}
