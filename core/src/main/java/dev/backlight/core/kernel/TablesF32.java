package dev.backlight.core.kernel;

/// Numbers that the functions of [TranscendentalsF32] look up: tables of 16, one behind the other,
/// which is as many as the widest vector has lanes.
///
/// The polynomials of tanh were fitted at Chebyshev's nodes in 40 digits, their coefficients
/// rounded one after the other, and each centre chosen where tanh itself is nearest to a `float`.
final class TablesF32 {
  /// Entries of a table.
  static final int SIZE = 16;

  /// The places of the polynomials' centres and of their seven coefficients, by half octaves of x.
  static final int TANH = 0;

  /// The place of the eighths of powers of two, from 2⁰ to 2^(15/8).
  static final int EXP = 8 * SIZE;

  /// The place of what rounding took from those powers.
  static final int EXP_REST = EXP + SIZE;

  private static final float[] NUMBERS = {
    // TANH_CENTRE
    2.4997172f,
    3.5005865f,
    4.99977f,
    6.9985695f,
    8.60286f,
    0.0f,
    0.078113504f,
    0.1093669f,
    0.15621144f,
    0.21874551f,
    0.31252342f,
    0.43750852f,
    0.62510663f,
    0.875142f,
    1.2497119f,
    1.749765f,
    // TANH_0
    0.9866068f,
    0.99818003f,
    0.99990916f,
    0.99999833f,
    0.99999994f,
    0.0f,
    0.077955015f,
    0.10893293f,
    0.15495309f,
    0.21532206f,
    0.302731f,
    0.41157714f,
    0.55467355f,
    0.7039772f,
    0.8482028f,
    0.9413488f,
    // TANH_1
    0.026607176f,
    0.0036366954f,
    1.8194519e-4f,
    3.3407762e-6f,
    1.3444382e-7f,
    1.0f,
    0.993923f,
    0.9881336f,
    0.9759895f,
    0.9536364f,
    0.9083539f,
    0.83060426f,
    0.6923373f,
    0.50441605f,
    0.28055185f,
    0.1138624f,
    // TANH_2
    -0.026250578f,
    -0.0036300346f,
    -1.8176586e-4f,
    -3.3288136e-6f,
    -3.0808047e-7f,
    0.0f,
    -0.07748133f,
    -0.10764031f,
    -0.1512326f,
    -0.20533897f,
    -0.27498692f,
    -0.34185773f,
    -0.38402116f,
    -0.35509744f,
    -0.23796503f,
    -0.107184246f,
    // TANH_3
    0.017026538f,
    0.0024089166f,
    1.18875345e-4f,
    2.1830817e-6f,
    9.517493e-8f,
    -0.33333293f,
    -0.32517332f,
    -0.31754658f,
    -0.30183482f,
    -0.27365953f,
    -0.2195274f,
    -0.13616213f,
    -0.01778149f,
    0.08184347f,
    0.108340494f,
    0.06295026f,
    // TANH_4
    -0.008054951f,
    -0.0011961276f,
    -5.982775e-5f,
    -1.1171794e-6f,
    9.1766043e-7f,
    0.0f,
    0.05154301f,
    0.070655465f,
    0.09718582f,
    0.12740207f,
    0.15813617f,
    0.17000222f,
    0.13786596f,
    0.06075651f,
    -0.012554975f,
    -0.023527447f,
    // TANH_5
    0.002888655f,
    4.8982655e-4f,
    2.8495659e-5f,
    5.2428607e-7f,
    3.7892076e-9f,
    0.13302456f,
    -0.1493874f,
    -0.18917109f,
    0.0625485f,
    0.08110882f,
    0.043633312f,
    -0.006959397f,
    -0.054237768f,
    -0.05872051f,
    -0.019715467f,
    0.0034802624f,
    // TANH_6
    -6.988153e-4f,
    -1.5704456e-4f,
    -9.2140135e-6f,
    -1.5939555e-7f,
    -1.5341333e-6f,
    0.0f,
    -0.8267063f,
    -0.3969298f,
    -0.042879965f,
    -0.08469063f,
    -0.074617445f,
    -0.06275685f,
    -0.024015807f,
    0.012854396f,
    0.015075998f,
    0.002084669f,
    // EXP_POWERS
    1.0f,
    1.0905077f,
    1.1892071f,
    1.2968396f,
    1.4142135f,
    1.5422108f,
    1.6817929f,
    1.8340081f,
    2.0f,
    2.1810155f,
    2.3784142f,
    2.5936792f,
    2.828427f,
    3.0844216f,
    3.3635857f,
    3.6680162f,
    // EXP_REST
    0.0f,
    -1.307754e-8f,
    3.7976353e-8f,
    -4.0189995e-8f,
    2.4203235e-8f,
    8.070905e-9f,
    -2.4755327e-8f,
    -1.1239278e-8f,
    0.0f,
    -2.615508e-8f,
    7.5952705e-8f,
    -8.037999e-8f,
    4.840647e-8f,
    1.614181e-8f,
    -4.9510653e-8f,
    -2.2478556e-8f
  };

  /// Their bits.
  static final int[] BITS = new int[NUMBERS.length];

  static {
    for (int i = 0; i < BITS.length; i++) {
      BITS[i] = Float.floatToRawIntBits(NUMBERS[i]);
    }
  }

  private TablesF32() {}

  /// The entry of a table that the last bits of an index name.
  static float at(int table, int index) {
    return NUMBERS[table + (index & SIZE - 1)];
  }
}
