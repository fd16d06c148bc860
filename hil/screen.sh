#!/bin/busybox sh
# Process 1 of the virtual machine of `cargo xtask hil --screen`: a kiosk without a window system, on the kernel's screen,
# and a finger on the second serial port. What puts touches right comes on the kernel's command line.
/bin/busybox --install -s /bin
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
ip link set lo up
for module in virtio_pci virtio-gpu virtio_input evdev uinput; do
    modprobe "$module" || echo "no module $module"
done
systemd-udevd --daemon --resolve-names=late
udevadm trigger
udevadm settle
stty -F /dev/ttyS1 raw -echo
hil-guest finger /dev/ttyS1 &
udevadm settle
mkdir -p /etc/kiosk /var/lib/kiosk
cat >/etc/kiosk/kiosk.toml <<'END'
[platform]
url = "http://127.0.0.1:9"
terminal_id = "HIL-SCREEN"

[devices.id_card_reader]
url = "serial:///dev/ttyS2"

[devices.receipt_printer]
url = "file:///dev/usb/lp0"
profile = "escpos-80"

[store]
path = "/var/lib/kiosk/kiosk.db"

[ui]
orientation = "portrait"
fullscreen = true
END
calibration=$(sed -n 's/.*calibration=\([-0-9,]*\).*/\1/p' /proc/cmdline)
[ -z "$calibration" ] || echo "{\"calibration\":[$calibration]}" >/var/lib/kiosk/screen.json
# The seat is shared out by the library itself: no other session is there.
export LIBSEAT_BACKEND=builtin SEATD_VTBOUND=0 RUST_LOG=info
kiosk --config /etc/kiosk/kiosk.toml
poweroff -f
