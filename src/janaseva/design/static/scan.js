// Improves one field: where the browser reads codes with its camera, the code on a paper need not be pasted.
"use strict";
(() => {
  const box = document.querySelector("[data-scan]");
  if (!box || !("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const [button, video, said] = [box.querySelector("button"), box.querySelector("video"), box.querySelector("[role=status]")];
  const form = box.closest("form");
  const field = form.elements.namedItem(box.dataset.scan);
  let stream = null;

  const stop = () => {
    if (stream) stream.getTracks().forEach((track) => track.stop());
    stream = null;
    video.hidden = true;
    button.hidden = false;
  };

  const look = async (detector) => {
    if (!stream) return;
    const [found] = await detector.detect(video).catch(() => []);
    if (found && found.rawValue) {
      stop();
      field.value = found.rawValue;
      form.requestSubmit();
      return;
    }
    setTimeout(() => look(detector), 200);
  };

  button.addEventListener("click", async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      video.srcObject = stream;
      video.hidden = false;
      button.hidden = true;
      await video.play();
      look(new window.BarcodeDetector({ formats: ["qr_code"] }));
    } catch {
      stop();
      said.textContent = box.dataset.none;
    }
  });
  addEventListener("pagehide", stop);
  window.BarcodeDetector.getSupportedFormats().then((formats) => { box.hidden = !formats.includes("qr_code"); });
})();
