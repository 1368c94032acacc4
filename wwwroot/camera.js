// Where the browser reads barcodes, the camera finds an order as a hand scanner does: it types what it read, and Enter.
const cameraDialog = document.getElementById('camera');
const cameraView = cameraDialog.querySelector('video');
const cameraPause = 200; // ms between two looks

function showCameraButton() {
  const button = document.querySelector('[data-camera]');
  if (button?.hidden && 'BarcodeDetector' in window && navigator.mediaDevices?.getUserMedia) button.hidden = false;
}

let isOpening = false;
async function openCamera() {
  if (isOpening || cameraDialog.open) return;
  isOpening = true;
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  } catch {
    tell(say('The browser gives no camera. Allow it for this page, or type the reference.'));
    return;
  } finally {
    isOpening = false;
  }
  cameraDialog.onclose = () => { for (const track of stream.getTracks()) track.stop(); };
  cameraView.srcObject = stream;
  cameraDialog.showModal();
  await cameraView.play();
  const detector = new BarcodeDetector({ formats: ['qr_code'] });
  while (cameraDialog.open) {
    const [code] = await detector.detect(cameraView).catch(() => []);
    const box = document.querySelector('[data-find]');
    if (code && box && cameraDialog.open) {
      cameraDialog.close();
      box.value = code.rawValue;
      find(box, true);
    }
    await new Promise(again => setTimeout(again, cameraPause));
  }
}

document.addEventListener('click', event => { if (event.target.closest('[data-camera]')) openCamera(); });
new MutationObserver(showCameraButton).observe(document.body, { childList: true, subtree: true });
