#!/bin/busybox sh
# Process 1 of the virtual machine of `cargo xtask hil`: mounts, modules, udev, then the situations on the second serial
# port.
/bin/busybox --install -s /bin
export PATH=/bin:/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
modprobe configfs
mount -t configfs config /sys/kernel/config
# High speed: FunctionFS is not set up for full speed by the bindings that the devices use.
modprobe dummy_hcd num=6
for module in libcomposite usb_f_acm usb_f_fs usb_f_hid usblp cdc-acm usbhid hid-generic evdev uinput; do
    modprobe "$module" || echo "no module $module" >/dev/ttyS1
done
# One camera, and none of the other things that it can be.
modprobe vivid n_devs=1 node_types=0x1 || echo "no module vivid" >/dev/ttyS1
systemd-udevd --daemon --resolve-names=late
udevadm trigger
udevadm settle
hil-guest >/dev/ttyS1 2>&1
poweroff -f
