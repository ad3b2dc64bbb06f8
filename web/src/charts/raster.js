/**
 * Draws many marks straight into pixels: a canvas's own rectangles take some eighty times as long.
 */
export class Raster {
  constructor() {
    this.width = 0;
    this.height = 0;
    this.image = /** @type {ImageData | null} */ (null);
    this.pixels = new Uint32Array(0);
  }

  /**
   * Makes it empty, and of a size in pixels of the screen.
   *
   * @param {number} width
   * @param {number} height
   */
  clear(width, height) {
    if (width !== this.width || height !== this.height || !this.image) {
      this.width = width;
      this.height = height;
      this.image = new ImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    } else {
      this.pixels.fill(0);
    }
  }

  /**
   * A filled disc.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} radius
   * @param {number} pixel
   */
  disc(x, y, radius, pixel) {
    const { width, height, pixels } = this;
    const reach = (radius + 0.35) ** 2;
    for (let dy = -radius; dy <= radius; dy += 1) {
      const row = y + dy;
      if (row < 0 || row >= height) continue;
      for (let dx = -radius; dx <= radius; dx += 1) {
        const column = x + dx;
        if (column >= 0 && column < width && dx * dx + dy * dy <= reach) pixels[row * width + column] = pixel;
      }
    }
  }

  /**
   * A filled square, for marks so small that no one sees their corners.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} size
   * @param {number} pixel
   */
  square(x, y, size, pixel) {
    const { width, height, pixels } = this;
    const left = x < 0 ? 0 : x;
    const right = x + size > width ? width : x + size;
    const bottom = y + size > height ? height : y + size;
    for (let row = y < 0 ? 0 : y; row < bottom; row += 1) {
      const end = row * width + right;
      for (let place = row * width + left; place < end; place += 1) pixels[place] = pixel;
    }
  }

  /**
   * Replaces what a canvas shows at a place, in pixels of the screen.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {number} x
   * @param {number} y
   */
  show(context, x, y) {
    if (this.image) context.putImageData(this.image, x, y);
  }
}
