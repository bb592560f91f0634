// Records a greeting in the page: what the microphone hears becomes a WAV file in the form's own file field, as if it had
// been chosen from the disk. Without a microphone or a browser that can, the buttons stay away and the field remains.
'use strict';
(() => {
  const RATE = 16000;
  const LONGEST = 230; // seconds of 16-bit sound that fit into the 8 MB of a recording

  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return;
  for (const frame of document.querySelectorAll('[data-recorder]')) prepare(frame);

  function prepare(frame) {
    const part = (name) => frame.querySelector(`[data-${name}]`);
    const input = frame.querySelector('input[type=file]');
    let recorder;
    let sound;
    let player;
    part('controls').hidden = false;

    part('record').addEventListener('click', async () => {
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
        const pieces = [];
        recorder = new MediaRecorder(stream);
        recorder.addEventListener('dataavailable', (event) => pieces.push(event.data));
        recorder.addEventListener('stop', async () => {
          stream.getTracks().forEach((track) => track.stop());
          state(false);
          await keep(new Blob(pieces));
        });
        recorder.start();
        state(true);
        setTimeout(stop, LONGEST * 1000, recorder);
      } catch {
        tell('refused');
      }
    });
    part('stop').addEventListener('click', () => stop(recorder));
    part('play').addEventListener('click', play);
    input.addEventListener('change', () => { sound = null; part('play').hidden = true; tell(''); });

    function stop(which) { if (which?.state === 'recording') which.stop(); }

    function state(runs) {
      part('record').hidden = runs;
      part('stop').hidden = !runs;
      tell(runs ? 'runs' : '');
      part(runs ? 'stop' : 'record').focus();
    }

    function tell(word) { part('told').textContent = word ? part('told').dataset[word] : ''; }

    async function keep(blob) {
      try {
        const heard = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await blob.arrayBuffer());
        const mixer = new OfflineAudioContext(1, Math.min(heard.length, RATE * LONGEST), RATE);
        const source = mixer.createBufferSource();
        source.buffer = heard;
        source.connect(mixer.destination);
        source.start();
        sound = await mixer.startRendering();
        const files = new DataTransfer();
        files.items.add(new File([wav(sound.getChannelData(0))], 'recording.wav', { type: 'audio/wav' }));
        input.files = files.files;
        part('play').hidden = false;
        tell('kept');
      } catch {
        tell('refused');
      }
    }

    function play() {
      player?.close();
      player = new AudioContext();
      const source = player.createBufferSource();
      source.buffer = sound;
      source.connect(player.destination);
      source.start();
    }
  }

  // One channel of 16 bits, little-endian, behind the 44 bytes of a RIFF header.
  function wav(samples) {
    const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
    const write = (at, text) => [...text].forEach((char, index) => view.setUint8(at + index, char.charCodeAt(0)));
    write(0, 'RIFF');
    view.setUint32(4, 36 + samples.length * 2, true);
    write(8, 'WAVEfmt ');
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 1, true);
    view.setUint32(24, RATE, true);
    view.setUint32(28, RATE * 2, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true);
    write(36, 'data');
    view.setUint32(40, samples.length * 2, true);
    samples.forEach((sample, index) => view.setInt16(44 + index * 2, Math.max(-1, Math.min(1, sample)) * 0x7fff, true));
    return view.buffer;
  }
})();
