/// Models that people really train, ready made and to copy: each is a record of the layers of
/// `dev.backlight.nn`, and a [Layer][dev.backlight.nn.Layer] itself.
///
/// ```java
/// LeNet model = LeNet.of(1, 28, 10, Key.of(7));
/// Fitted<LeNet> fitted =
///     Trainer.classification(LeNet::apply).epochs(5).fit(model, images, labels);
/// ```
///
/// | for | models |
/// |---|---|
/// | numbers | [Mlp][dev.backlight.nn.model.Mlp] |
/// | numbers, by curves | [AdditiveNet][dev.backlight.nn.model.AdditiveNet] |
/// | anything, by concepts | [ConceptBottleneck][dev.backlight.nn.model.ConceptBottleneck] |
/// | images | [LeNet][dev.backlight.nn.model.LeNet], [ResNet][dev.backlight.nn.model.ResNet] |
/// | every pixel | [UNet][dev.backlight.nn.model.UNet] |
/// | sequences | [LstmClassifier][dev.backlight.nn.model.LstmClassifier] |
/// | sequences | [TransformerClassifier][dev.backlight.nn.model.TransformerClassifier] |
/// | what comes next | [TinyGpt][dev.backlight.nn.model.TinyGpt] |
/// | codes | [Autoencoder][dev.backlight.nn.model.Autoencoder], [Vae][dev.backlight.nn.model.Vae] |
///
/// A model with batch statistics or dropout says so when it is trained without its own forward
/// pass: give the trainer `training(ResNet::train)`. Weights that PyTorch wrote are read by
/// [TorchWeights][dev.backlight.nn.model.TorchWeights].
package dev.backlight.nn.model;
