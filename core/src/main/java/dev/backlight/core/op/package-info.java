/// The operations that tapes are made of, one file each: shape rule, dtype rule, kernel and
/// derivative together.
///
/// Users call them through the methods of [dev.backlight.core.Tensor]; rules of explanation switch
/// over their families, the sealed interfaces inside [dev.backlight.core.Op].
package dev.backlight.core.op;
