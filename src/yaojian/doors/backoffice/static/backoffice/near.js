// Asks the phone where it is and sends the form; without a script or a permission the place is typed.
const form = document.querySelector("form[data-near]");
const button = form.querySelector("[data-near-find]");
const status = form.querySelector("[data-near-status]");

function found({ coords }) {
  form.elements.lat.value = coords.latitude.toFixed(6);
  form.elements.lon.value = coords.longitude.toFixed(6);
  form.submit();
}

function refused() {
  status.textContent = form.dataset.refused;
  button.disabled = false;
}

if ("geolocation" in navigator) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.disabled = true;
    status.textContent = form.dataset.waiting;
    navigator.geolocation.getCurrentPosition(found, refused, { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
}
